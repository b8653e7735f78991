import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MessageRecord, SessionRecord } from "./records.js";
import type { Store } from "./store.js";
import { beginTurn, messagesOf, newSession, newStep, OWNER, turnEnd } from "./store.fixture.js";

/** History in pages, newest first. */
export function messageContract(store: () => Store): void {
  describe("messages", () => {
    test("any history is read whole, once and in order, in pages of any size", async () => {
      const replies = fc.array(fc.boolean(), { maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(replies, fc.integer({ min: 1, max: 18 }), async (turns, limit) => {
          const session = await store().createSession(newSession());
          const said: string[] = [];
          for (const [number, hasReply] of turns.entries()) {
            said.push(...(await exchange(store(), session, `${number}`, hasReply)));
          }
          const pages = await pagesOf(store(), session.conversationId, limit);
          expect(pages.flat().map(({ text }) => text)).toEqual(said.reverse());
          expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
          expect(pages.length).toBe(Math.max(1, Math.ceil(said.length / limit)));
        }),
        { numRuns: 25 },
      );
    });

    test("what is said while someone pages moves nothing", async () => {
      const session = await store().createSession(newSession());
      for (const name of ["a", "b", "c"]) await exchange(store(), session, name, true);
      const { conversationId } = session;
      const query = { conversationId, all: false };
      const first = await store().messages({ ...query, limit: 2 });
      await exchange(store(), session, "d", true);
      const rest = await store().messages({
        ...query,
        limit: 100,
        cursor: first?.nextCursor ?? "",
      });
      expect(first?.messages.map(({ text }) => text)).toEqual(["re: c", "c"]);
      expect(rest?.messages.map(({ text }) => text)).toEqual(["re: b", "b", "re: a", "a"]);
    });

    test("a message is as it was stored", async () => {
      const session = await store().createSession(newSession());
      const text = "Grüße 世界 👩‍🚀 \r\n ' \" \\ -- ; DROP";
      const before = Date.now();
      await exchange(store(), session, text, true);
      const { conversationId } = session;
      const page = await store().messages({ conversationId, limit: 10, all: false });
      expect(page).toMatchObject({
        messages: [
          { conversationId, direction: "outbound", text: `re: ${text}` },
          { conversationId, direction: "inbound", text },
        ],
        nextCursor: null,
      });
      for (const { createdAt } of page?.messages ?? []) {
        expect(createdAt.getTime()).toBeGreaterThanOrEqual(before - 1);
        expect(createdAt.getTime()).toBeLessThanOrEqual(Date.now());
      }
    });

    test("a cursor of another conversation and one that is none are refused alike", async () => {
      const session = await store().createSession(newSession());
      const other = await store().createSession(newSession());
      await exchange(store(), session, "mine", true);
      await exchange(store(), other, "theirs", true);
      const { conversationId } = other;
      const theirs = await store().messages({ conversationId, limit: 1, all: false });
      const foreign = theirs?.nextCursor ?? "none";
      for (const cursor of [foreign, randomUUID(), "", "1", "' OR 1=1 --"]) {
        const query = { conversationId: session.conversationId, limit: 10, cursor };
        expect(await store().messages({ ...query, all: false })).toBeNull();
        expect(await store().messages({ ...query, all: true })).toBeNull();
      }
    });

    test("an answer that was cut off, and one without a text, are there for who asks for all", async () => {
      const session = await store().createSession(newSession({ userName: "Ada" }));
      const { agentParticipantId: participantId } = session;
      const ends = [
        { state: "cancelled", text: "Half an" },
        { state: "failed", text: "" },
        { state: "completed", text: "" },
        { state: "completed", text: "Whole." },
      ] as const;
      for (const { state, text } of ends) {
        const { turn } = await beginTurn(store(), session, { requestId: `${state} ${text}` });
        await store().addStep(turn.id, OWNER, newStep(0, 1, { text: "" }));
        const partial =
          state === "cancelled" ? { partial: { index: 1, text, reasoning: "hm" } } : {};
        const reply = { id: randomUUID(), participantId, text };
        await store().endTurn(turnEnd(turn.id, { state, reply, ...partial }));
      }
      const { conversationId } = session;
      const core = await messagesOf(store(), conversationId);
      expect(core.map(({ text }) => text)).toEqual(["Whole.", "hello", "hello", "hello", "hello"]);
      expect(core.every(({ turn }) => turn === null)).toBe(true);
      const all = await messagesOf(store(), conversationId, { all: true });
      expect(all.map(({ from }) => from.name)).toEqual([
        "Shop",
        "Ada",
        "Shop",
        "Ada",
        "Shop",
        "Ada",
        "Shop",
        "Ada",
      ]);
      const answers = all.filter(({ direction }) => direction === "outbound").reverse();
      expect(answers.map(({ status, text }) => ({ state: status, text }))).toEqual(ends);
      expect(answers.map(({ turn }) => turn?.requestId)).toEqual(
        ends.map(({ state, text }) => `${state} ${text}`),
      );
      const steps = answers[0]?.turn?.steps.map(({ text, reasoning, finishReason, toolCalls }) => {
        return { text, reasoning, finishReason, calls: toolCalls.length };
      });
      expect(steps).toEqual([
        { text: "", reasoning: "", finishReason: "tool_calls", calls: 1 },
        { text: "Half an", reasoning: "hm", finishReason: "interrupted", calls: 0 },
      ]);
    });

    test("what was said of a cancelled answer is kept in its place, also after the next began", async () => {
      const session = await store().createSession(newSession());
      const { agentParticipantId: participantId, conversationId } = session;
      const { turn } = await beginTurn(store(), session);
      const reply = { id: randomUUID(), participantId, text: "" };
      const cancel = { owner: null, state: "cancelled", reply } as const;
      await store().endTurn(turnEnd(turn.id, cancel));
      await beginTurn(store(), session, { text: "next" });
      await store().keepUnfinished(turn.id, "Half", { index: 0, text: "Half", reasoning: "hm" });
      const all = await messagesOf(store(), conversationId, { all: true });
      expect(all.map(({ text }) => text)).toEqual(["next", "Half", "hello"]);
      expect(all[1]?.turn?.steps).toMatchObject([{ text: "Half", finishReason: "interrupted" }]);
      await store().keepUnfinished(turn.id, "Half", { index: 0, text: "Half", reasoning: "hm" });
      expect(
        (await messagesOf(store(), conversationId, { all: true }))[1]?.turn?.steps,
      ).toHaveLength(1);
    });

    test("an unknown conversation has none", async () => {
      const query = { conversationId: randomUUID(), limit: 5, all: true };
      expect(await store().messages(query)).toEqual({ messages: [], nextCursor: null });
    });
  });
}

async function exchange(
  store: Store,
  session: SessionRecord,
  text: string,
  hasReply: boolean,
): Promise<string[]> {
  const { turn } = await beginTurn(store, session, { text });
  const participantId = session.agentParticipantId;
  const reply = { id: randomUUID(), participantId, text: `re: ${text}` };
  await store.endTurn(turnEnd(turn.id, hasReply ? { reply } : { state: "cancelled" }));
  return hasReply ? [text, reply.text] : [text];
}

async function pagesOf(
  store: Store,
  conversationId: string,
  limit: number,
): Promise<MessageRecord[][]> {
  const pages: MessageRecord[][] = [];
  for (let cursor: string | undefined; ;) {
    const page = await store.messages({ conversationId, limit, cursor, all: false });
    if (!page) throw new Error("the cursor was refused");
    pages.push(page.messages);
    if (page.nextCursor === null) return pages;
    cursor = page.nextCursor;
  }
}
