import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { StorageError } from "./storage-error.js";
import type { Store } from "./store.js";
import {
  at,
  beginTurn,
  callIn,
  idsOf,
  loadedTurn,
  messagesOf,
  newSession,
  newStep,
  outcomeOf,
  OWNER,
  question,
  turnEnd,
  turnOf,
} from "./store.fixture.js";

/** Turns: one per conversation, begun once, taken over once, ended once. */
export function turnContract(store: () => Store): void {
  describe("the begin of a turn", () => {
    const begin = (ids: ReturnType<typeof idsOf>, requestId: string, text = "hello") =>
      store().beginTurn({ ...ids, requestId, text, model: "m", owner: OWNER });

    test("stores turn and message together", async () => {
      const session = await store().createSession(newSession());
      const begun = await begin(idsOf(session), "r1", "What is it?");
      if (begun.outcome !== "started") throw new Error(begun.outcome);
      const { conversationId } = session;
      expect(begun.turn).toEqual({
        id: begun.turn.id,
        conversationId,
        seq: 1,
        sessionId: session.id,
        requestId: "r1",
        state: "running",
        owner: OWNER,
        attempts: 1,
        model: "m",
        terminal: null,
      });
      expect(begun.message).toMatchObject({ direction: "inbound", text: "What is it?" });
      const loaded = { ...begun.turn, userText: "What is it?", context: null, steps: [] };
      expect(await store().turn(begun.turn.id)).toEqual(loaded);
      expect(await store().turnOfRequest(conversationId, "r1")).toEqual(loaded);
      expect(await store().currentTurns(conversationId)).toEqual({ active: loaded, last: null });
      const from = { type: "user", name: "Visitor" };
      const message = { ...begun.message, status: "completed", from, turn: null, feedback: null };
      expect(await messagesOf(store(), conversationId)).toEqual([message]);
    });

    test("keeps what the page said as it was then, the newest word of it", async () => {
      const session = await store().createSession(newSession({ context: '"cart"' }));
      const told = async (context?: string | null) => {
        const ids = { ...idsOf(session), requestId: randomUUID(), text: "hi" };
        const begun = await store().beginTurn({ ...ids, model: "m", owner: OWNER, context });
        if (begun.outcome !== "started") throw new Error(begun.outcome);
        await store().endTurn(turnEnd(begun.turn.id));
        return begun.turn.id;
      };
      const turns = [await told(), await told('"order"'), await told()];
      await store().resumeSession(session.id);
      turns.push(await told());
      await store().resumeSession(session.id, { context: '"home"' });
      turns.push(await told(), await told(null), await told());
      const kept = await Promise.all(turns.map(async (id) => (await store().turn(id))?.context));
      const order = '"order"';
      expect(kept).toEqual(['"cart"', order, order, order, '"home"', null, null]);
    });

    test("of fifty at once is one", async () => {
      const session = await store().createSession(newSession());
      const all = Array.from({ length: 50 }, (_, n) => begin(idsOf(session), `r${n}`));
      const outcomes = (await Promise.all(all)).map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === "started")).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === "busy")).toHaveLength(49);
      expect(await messagesOf(store(), session.conversationId)).toHaveLength(1);
    });

    test("of one request fifty times at once is one", async () => {
      const session = await store().createSession(newSession());
      const all = Array.from({ length: 50 }, () => begin(idsOf(session), "same"));
      const outcomes = (await Promise.all(all)).map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === "started")).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === "duplicate")).toHaveLength(49);
    });

    test("a request seen before is a duplicate, also beside another turn and after its end", async () => {
      const { session, turn } = await beginTurn(store(), undefined, { requestId: "r1" });
      expect(await begin(idsOf(session), "r1")).toEqual({ outcome: "duplicate" });
      await store().endTurn(turnEnd(turn.id));
      expect(await begin(idsOf(session), "r1")).toEqual({ outcome: "duplicate" });
      await begin(idsOf(session), "r2");
      expect(await begin(idsOf(session), "r1")).toEqual({ outcome: "duplicate" });
      expect(await begin(idsOf(session), "r3")).toEqual({ outcome: "busy" });
    });

    test("the same request in another conversation is another turn", async () => {
      const first = await beginTurn(store(), undefined, { requestId: "r1" });
      const second = await beginTurn(store(), undefined, { requestId: "r1" });
      expect(second.turn.id).not.toBe(first.turn.id);
      const { conversationId } = second.session;
      expect((await store().turnOfRequest(conversationId, "r1"))?.id).toBe(second.turn.id);
      expect(await store().turnOfRequest(conversationId, "r2")).toBeNull();
    });

    test("a parked turn keeps the next one out", async () => {
      const { session } = await callIn(store(), "awaiting");
      expect(await begin(idsOf(session), "r2")).toEqual({ outcome: "busy" });
    });

    test("is not made by a session that has ended, or is gone", async () => {
      const session = await store().createSession(newSession());
      const { conversationId, organizationId, id: sessionId } = session;
      await store().endSessions({ kind: "session", organizationId, sessionId }, "revoked");
      expect(await begin(idsOf(session), "r1")).toEqual({ outcome: "ended" });
      const gone = { conversationId, sessionId: randomUUID() };
      expect(await begin(gone, "r1")).toEqual({ outcome: "ended" });
      expect(await store().currentTurns(conversationId)).toEqual({ active: null, last: null });
    });

    test("that fails in the middle leaves nothing", async () => {
      const session = await store().createSession(newSession());
      const { conversationId } = session;
      // The message is stored last, and this is none.
      const failing = begin(idsOf(session), "r1", null as never);
      await expect(failing).rejects.toBeInstanceOf(StorageError);
      expect(await store().currentTurns(conversationId)).toEqual({ active: null, last: null });
      expect((await begin(idsOf(session), "r1")).outcome).toBe("started");
      expect(await messagesOf(store(), conversationId)).toHaveLength(1);
    });
  });

  describe("the steps of a turn", () => {
    test("are read back in order, calls in theirs", async () => {
      const { turn } = await beginTurn(store());
      const usage = { promptTokens: 3, completionTokens: 4, costUsd: 0.25 };
      const first = newStep(0, 12, { reasoning: "hm", usage });
      await store().addStep(turn.id, OWNER, first);
      await store().addStep(turn.id, OWNER, newStep(1));
      const { steps } = await loadedTurn(store(), turn.id);
      expect(steps).toMatchObject([{ ...usage, text: "step 0", reasoning: "hm" }, { index: 1 }]);
      expect(steps[1]).toMatchObject({ promptTokens: null, toolCalls: [], finishReason: "stop" });
      const calls = steps[0]?.toolCalls ?? [];
      expect(calls.map(({ id }) => id)).toEqual(first.toolCalls.map(({ id }) => id));
      expect(calls[7]).toMatchObject({ ...first.toolCalls[7], state: "proposed", result: null });
    });

    test("the same step is stored once", async () => {
      const { turn } = await beginTurn(store());
      await store().addStep(turn.id, OWNER, newStep(0));
      const again = store().addStep(turn.id, OWNER, newStep(0));
      await expect(again).rejects.toBeInstanceOf(StorageError);
      expect((await loadedTurn(store(), turn.id)).steps).toHaveLength(1);
    });
  });

  describe("the end of a turn", () => {
    test("stores terminal and reply and frees the conversation", async () => {
      const { session, turn } = await beginTurn(store());
      const { conversationId, agentParticipantId: participantId } = session;
      const reply = { id: randomUUID(), participantId, text: "There." };
      expect(await store().endTurn(turnEnd(turn.id, { reply }))).toBe(true);
      const ended = await loadedTurn(store(), turn.id);
      expect(ended).toMatchObject({ state: "completed", terminal: '{"end":1}' });
      const { active, last } = await store().currentTurns(conversationId);
      expect({ active, id: last?.id }).toEqual({ active: null, id: turn.id });
      const [newest] = await messagesOf(store(), conversationId);
      expect(newest).toMatchObject({ id: reply.id, direction: "outbound", text: "There." });
      await beginTurn(store(), session);
    });

    test("is one, however many race for it", async () => {
      for (let round = 0; round < 20; round += 1) {
        const { session, turn } = await beginTurn(store());
        const { agentParticipantId: participantId, conversationId } = session;
        const reply = { id: randomUUID(), participantId, text: "There." };
        const ends = [
          turnEnd(turn.id, { reply, terminal: "0" }),
          turnEnd(turn.id, { owner: null, state: "cancelled", terminal: "1" }),
          turnEnd(turn.id, { state: "failed", terminal: "2" }),
          turnEnd(turn.id, { owner: null, state: "cancelled", terminal: "3" }),
        ];
        if (round % 2 === 1) ends.reverse();
        const won = await Promise.all(ends.map((end) => store().endTurn(end)));
        expect(won.filter(Boolean)).toHaveLength(1);
        const winner = ends[won.indexOf(true)];
        const ended = await loadedTurn(store(), turn.id);
        expect(ended).toMatchObject({ state: winner?.state, terminal: winner?.terminal });
        const messages = await messagesOf(store(), conversationId);
        expect(messages).toHaveLength(winner?.reply ? 2 : 1);
        await beginTurn(store(), session);
      }
    });

    test("from outside ends a parked turn too, from its owner it does not", async () => {
      const { session, turn, call } = await callIn(store(), "awaiting");
      expect(await store().endTurn(turnEnd(turn.id))).toBe(false);
      const cancel = turnEnd(turn.id, { owner: null, state: "cancelled" });
      expect(await store().endTurn(cancel)).toBe(true);
      expect(await store().endTurn(cancel)).toBe(false);
      const due = await store().expiredTurns(at(3600));
      expect(due.map(({ turnId }) => turnId)).not.toContain(turn.id);
      expect(await store().expire(turn.id, at(3600), { owner: OWNER })).toBeNull();
      await beginTurn(store(), session);
      const park = store().parkTurn(turn.id, OWNER, question(call.id));
      expect(await outcomeOf(park)).toBe("conflict");
    });

    test("that fails in the middle leaves the turn running", async () => {
      const { session, turn } = await beginTurn(store());
      const reply = { id: randomUUID(), participantId: randomUUID(), text: "There." };
      const failing = store().endTurn(turnEnd(turn.id, { reply }));
      await expect(failing).rejects.toBeInstanceOf(StorageError);
      const { active } = await store().currentTurns(session.conversationId);
      expect(active).toMatchObject({ id: turn.id, state: "running", terminal: null });
      expect(await store().endTurn(turnEnd(turn.id))).toBe(true);
    });

    test("past turns are the ended ones, newest first, as many as asked for", async () => {
      const session = await store().createSession(newSession());
      const ids: string[] = [];
      for (const state of ["completed", "failed", "cancelled"] as const) {
        const { turn } = await beginTurn(store(), session, { text: state });
        await store().addStep(turn.id, OWNER, newStep(0, 1));
        await store().endTurn(turnEnd(turn.id, { state }));
        ids.unshift(turn.id);
      }
      await beginTurn(store(), session);
      const past = (await store().past(session.conversationId, 10)).flatMap(turnOf);
      expect(past.map(({ id }) => id)).toEqual(ids);
      expect(past[0]).toMatchObject({ userText: "cancelled", steps: [{ toolCalls: [{}] }] });
      const two = (await store().past(session.conversationId, 2)).flatMap(turnOf);
      expect(two.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    });
  });
}
