import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NewMessage } from "./message-store.js";
import type { SessionRecord } from "./records.js";
import type { Store } from "./store.js";
import { beginTurn, messagesOf, newSession, newStep, OWNER, turnEnd } from "./store.fixture.js";

/** Messages that people of the host's write beside the turns, and the order of both. */
export function personMessageContract(store: () => Store): void {
  const newMessage = (session: SessionRecord, over: Partial<NewMessage> = {}): NewMessage => ({
    conversationId: session.conversationId,
    organizationId: session.organizationId,
    from: { id: "ana", name: "Ana" },
    text: "Hello, Ana here.",
    key: undefined,
    ...over,
  });

  describe("messages of people", () => {
    test("are history like an answer, said by their person", async () => {
      const session = await store().createSession(newSession());
      const added = await store().addMessage(newMessage(session));
      const message = {
        conversationId: session.conversationId,
        direction: "outbound",
        text: "Hello, Ana here.",
        status: "completed",
        from: { type: "human-agent", name: "Ana" },
        turn: null,
        feedback: null,
      };
      expect(added).toMatchObject({ outcome: "added", message });
      const core = await messagesOf(store(), session.conversationId);
      const full = await messagesOf(store(), session.conversationId, { all: true });
      expect(core).toMatchObject([message]);
      expect(full).toEqual(core);
      expect(added).toEqual({ outcome: "added", message: core[0] });
    });

    test("do not begin, end or hinder a turn", async () => {
      const { session, turn } = await beginTurn(store());
      await store().addMessage(newMessage(session));
      expect(await store().currentTurns(session.conversationId)).toMatchObject({
        active: { id: turn.id, state: "running" },
        last: null,
      });
      await store().addStep(turn.id, OWNER, newStep(0));
      const reply = { id: randomUUID(), participantId: session.agentParticipantId, text: "Yes." };
      expect(await store().endTurn(turnEnd(turn.id, { reply }))).toBe(true);
      const said = await messagesOf(store(), session.conversationId);
      expect(said.map(({ text }) => text)).toEqual(["Yes.", "Hello, Ana here.", "hello"]);
    });

    test("make one participant for each person, who is called what they were called last", async () => {
      const session = await store().createSession(newSession());
      const people = [
        { id: "ana", name: "Ana" },
        { id: "ana", name: "Ana B." },
        { id: "bo", name: "Ana B." },
        { id: null, name: "Ana B." },
        { id: null, name: "Cleo" },
        { id: null, name: "Cleo" },
      ];
      for (const [index, from] of people.entries()) {
        await store().addMessage(newMessage(session, { from, text: `${index}` }));
      }
      const said = await messagesOf(store(), session.conversationId);
      expect(said.map(({ text, from }) => `${text} ${from.name}`).reverse()).toEqual([
        "0 Ana B.",
        "1 Ana B.",
        "2 Ana B.",
        "3 Ana B.",
        "4 Cleo",
        "5 Cleo",
      ]);
    });

    test("with a key are added once, however often and at once they come", async () => {
      const session = await store().createSession(newSession());
      const other = await store().createSession(newSession());
      const keyed = newMessage(session, { key: "ticket 1" });
      const added = await Promise.all(
        Array.from({ length: 8 }, () => store().addMessage(structuredClone(keyed))),
      );
      const outcomes = added.map((one) => String(one?.outcome)).sort();
      expect(outcomes).toEqual(["added", ...Array.from({ length: 7 }, () => "duplicate")]);
      const ids = added.map((one) => (one && "message" in one ? one.message.id : ""));
      expect(new Set(ids).size).toBe(1);
      expect(ids[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      const mismatch = await store().addMessage({ ...keyed, text: "Something else" });
      expect(mismatch).toEqual({ outcome: "mismatch" });
      await store().addMessage(newMessage(session, { key: "ticket 2" }));
      await store().addMessage(newMessage(other, { key: "ticket 1" }));
      expect(await messagesOf(store(), session.conversationId)).toHaveLength(2);
      expect(await messagesOf(store(), other.conversationId)).toHaveLength(1);
      const { turn } = await beginTurn(store(), session);
      const seqs = (await store().turn(turn.id))?.seq;
      expect(seqs, "a repetition takes no number").toBe(3);
    });

    test("of another organization's conversation, and of none, are nowhere", async () => {
      const session = await store().createSession(newSession());
      const foreign = newMessage(session, { organizationId: "other" });
      expect(await store().addMessage(foreign)).toBeNull();
      const unknown = newMessage(session, { conversationId: randomUUID() });
      expect(await store().addMessage(unknown)).toBeNull();
      expect(await messagesOf(store(), session.conversationId)).toEqual([]);
      const { turn } = await beginTurn(store(), session);
      expect(turn.seq).toBe(1);
    });

    test("lie behind with the turns, in one order, from any point on and as many as asked for", async () => {
      const what = fc.constantFrom("turn", "message", "message in a turn");
      await fc.assert(
        fc.asyncProperty(fc.array(what, { maxLength: 8 }), fc.nat(10), async (whole, limit) => {
          const session = await store().createSession(newSession());
          const { conversationId } = session;
          const told: string[] = [];
          const tell = (text: string) => told.unshift(text);
          for (const [index, one] of whole.entries()) {
            const text = `${one} ${index}`;
            if (one === "message") {
              await store().addMessage(newMessage(session, { text }));
              tell(text);
              continue;
            }
            const { turn } = await beginTurn(store(), session, { text });
            tell(text);
            if (one === "message in a turn") {
              await store().addMessage(newMessage(session, { text: `beside ${index}` }));
              tell(`beside ${index}`);
            }
            const id = randomUUID();
            const reply = { id, participantId: session.agentParticipantId, text: "Yes." };
            await store().endTurn(turnEnd(turn.id, { reply }));
          }
          const { turn } = await beginTurn(store(), session, { text: "now" });
          await store().addMessage(newMessage(session, { text: "beside now" }));
          tell("beside now");
          const seen = async (most: number, after?: number) =>
            (await store().past(conversationId, most, after)).map((entry) =>
              entry.type === "turn" ? entry.turn.userText : entry.text,
            );
          expect(await seen(100)).toEqual(told);
          expect(await seen(limit + 1)).toEqual(told.slice(0, limit + 1));
          expect(await seen(100, turn.seq)).toEqual(["beside now"]);
          const entries = await store().past(conversationId, 100);
          for (const { seq } of entries) {
            const later = entries.filter((entry) => entry.seq > seq).length;
            expect(await seen(100, seq)).toEqual(told.slice(0, later));
          }
        }),
        { numRuns: 12 },
      );
    });

    test("race with turns for their numbers, and each gets its own", async () => {
      const session = await store().createSession(newSession());
      const speaking = Array.from({ length: 6 }, (_, index) =>
        store().addMessage(newMessage(session, { text: `m${index}`, key: `${index}` })),
      );
      for (let round = 0; round < 3; round += 1) {
        const { turn } = await beginTurn(store(), session, { text: `t${round}` });
        const id = randomUUID();
        const reply = { id, participantId: session.agentParticipantId, text: `r${round}` };
        await store().endTurn(turnEnd(turn.id, { reply }));
      }
      await Promise.all(speaking);
      const said = (await messagesOf(store(), session.conversationId)).map(({ text }) => text);
      expect(said.toSorted()).toEqual(
        ["m0", "m1", "m2", "m3", "m4", "m5", "r0", "r1", "r2", "t0", "t1", "t2"].sort(),
      );
      const { turn } = await beginTurn(store(), session);
      expect(turn.seq).toBe(13);
    });
  });
}
