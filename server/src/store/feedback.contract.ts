import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { SessionRecord } from "./records.js";
import {
  beginTurn,
  messagesOf,
  newSession,
  newStep,
  OWNER,
  tick,
  turnEnd,
} from "./store.fixture.js";
import type { FeedbackQuery, NewFeedback, NewSession, Store } from "./store.js";

/** What visitors think of answers: one word per visitor and message, the last one. */
export function feedbackContract(store: () => Store): void {
  /** A session with an answer. */
  const answered = async (over: Partial<NewSession> = {}, given?: SessionRecord) => {
    const session = given ?? (await store().createSession(newSession(over)));
    const { turn } = await beginTurn(store(), session);
    await store().addStep(turn.id, OWNER, newStep(0));
    const messageId: string = randomUUID();
    const reply = { id: messageId, participantId: session.agentParticipantId, text: "answer" };
    await store().endTurn(turnEnd(turn.id, { reply }));
    return { session, messageId };
  };
  const give = (
    { session, messageId }: Awaited<ReturnType<typeof answered>>,
    rating: NewFeedback["rating"],
    comment: string | null = null,
  ) => {
    const { conversationId, userParticipantId: participantId } = session;
    return store().giveFeedback({ conversationId, participantId, messageId, rating, comment });
  };
  const read = async (query: Partial<FeedbackQuery> & { organizationId: string }) => {
    const page = await store().feedback({ limit: 100, ...query });
    if (!page) throw new Error("the cursor was refused");
    return page.feedback;
  };

  describe("feedback", () => {
    test("is kept, changed, said again and taken back", async () => {
      const organizationId = randomUUID();
      const given = await answered({ organizationId, userId: "ada" });
      const { conversationId, userParticipantId: participantId } = given.session;
      expect(await give(given, "down", "Too slow.")).toEqual({ isChanged: true });
      const [kept, ...others] = await read({ organizationId });
      expect(others).toEqual([]);
      expect(kept).toEqual({
        ...{ id: kept?.id, organizationId, agentId: "shop", conversationId, participantId },
        ...{ messageId: given.messageId, rating: "down", comment: "Too slow.", userId: "ada" },
        ...{ createdAt: expect.any(Date) as Date, updatedAt: kept?.createdAt },
      });
      await tick();
      expect(await give(given, "down", "Too slow.")).toEqual({ isChanged: false });
      expect(await read({ organizationId })).toEqual([kept]);
      expect(await give(given, "up")).toEqual({ isChanged: true });
      const [changed] = await read({ organizationId });
      expect(changed).toEqual({
        ...{ ...kept, rating: "up", comment: null },
        updatedAt: expect.any(Date) as Date,
      });
      expect(changed?.updatedAt.getTime()).toBeGreaterThan(kept?.updatedAt.getTime() ?? Infinity);
      expect(await give(given, null, "dropped")).toEqual({ isChanged: true });
      expect(await give(given, null)).toEqual({ isChanged: false });
      expect(await read({ organizationId })).toEqual([]);
    });

    test("is only for what was said to the visitor in that conversation", async () => {
      const organizationId = randomUUID();
      const [given, other] = [
        await answered({ organizationId }),
        await answered({ organizationId }),
      ];
      const [, inbound] = await messagesOf(store(), given.session.conversationId);
      expect(inbound?.direction).toBe("inbound");
      for (const messageId of [inbound?.id ?? "", other.messageId, randomUUID(), "", "__proto__"]) {
        for (const rating of ["up", null] as const) {
          expect(await give({ ...given, messageId }, rating)).toBeNull();
        }
      }
      expect(await read({ organizationId })).toEqual([]);
    });

    test("stands on its message where all was asked for, each visitor's own", async () => {
      const given = await answered();
      const { conversationId, userParticipantId } = given.session;
      await give(given, "down", "Too slow.");
      const said = async (participantId?: string) => {
        const query = { all: true, ...(participantId !== undefined && { participantId }) };
        return (await messagesOf(store(), conversationId, query)).map(({ feedback }) => feedback);
      };
      const feedback = { rating: "down", comment: "Too slow." };
      expect(await said(userParticipantId)).toEqual([feedback, null]);
      expect(await said()).toEqual([feedback, null]);
      expect(await said(randomUUID())).toEqual([null, null]);
      const core = await messagesOf(store(), conversationId);
      expect(core.map((message) => message.feedback)).toEqual([null, null]);
    });

    test("said ten times at once is one word", async () => {
      for (let round = 0; round < 10; round += 1) {
        const organizationId = randomUUID();
        const given = await answered({ organizationId });
        const words = Array.from({ length: 10 }, (_, n) =>
          give(given, n % 2 === 0 ? "up" : "down", String(n)),
        );
        await Promise.all(words);
        expect(await read({ organizationId })).toHaveLength(1);
      }
    });

    test("is read in pages, what was said last first, filtered, and in one organization", async () => {
      const organizationId = randomUUID();
      const given: Awaited<ReturnType<typeof answered>>[] = [];
      const opened = await answered({ organizationId });
      for (let n = 0; n < 5; n += 1) {
        const over = { organizationId, agentId: n === 4 ? "help" : "shop" };
        given.push(await answered(over, n === 1 ? opened.session : undefined));
        await tick();
        await give(given[n] ?? opened, n % 2 === 0 ? "up" : "down", n === 2 ? "Thanks." : null);
      }
      const newest = given.map(({ messageId }) => messageId).toReversed();
      const ids = async (query: Partial<FeedbackQuery> = {}) =>
        (await read({ organizationId, ...query })).map(({ messageId }) => messageId);
      expect(await ids()).toEqual(newest);
      expect(await ids({ organizationId: randomUUID() })).toEqual([]);
      expect(await ids({ rating: "down" })).toEqual([newest[1], newest[3]]);
      expect(await ids({ agentId: "help" })).toEqual([newest[0]]);
      expect(await ids({ hasComment: true })).toEqual([newest[2]]);
      expect(await ids({ hasComment: false })).toEqual(newest.toSpliced(2, 1));
      const { conversationId } = opened.session;
      expect(await ids({ conversationId })).toEqual([newest[3]]);
      const [, second] = await read({ organizationId });
      expect(await ids({ since: second?.updatedAt })).toEqual(newest.slice(0, 2));
      expect(await ids({ until: second?.updatedAt })).toEqual(newest.slice(2));
      const listed: string[] = [];
      for (let cursor: string | undefined, more = true; more;) {
        const page = await store().feedback({
          organizationId,
          limit: 2,
          ...(cursor && { cursor }),
        });
        listed.push(...(page?.feedback.map(({ messageId }) => messageId) ?? []));
        cursor = page?.nextCursor ?? undefined;
        more = cursor !== undefined;
      }
      expect(listed).toEqual(newest);
      for (const cursor of ["", "x", newest[0]]) {
        expect(await store().feedback({ organizationId, limit: 2, cursor })).toBeNull();
      }
    });

    test("goes with its conversation, and with its visitor", async () => {
      const organizationId = randomUUID();
      const given = await answered({ organizationId, userId: "ada" });
      await give(given, "up", "Thanks.");
      const { conversationId } = given.session;
      const selection = { organizationId, conversationId };
      await store().endSessions({ kind: "conversation", ...selection }, "deleted");
      expect(await store().deleteConversation(selection)).toBe("deleted");
      expect(await read({ organizationId })).toEqual([]);
    });
  });
}
