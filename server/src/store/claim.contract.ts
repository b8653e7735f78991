import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { SessionClaim, Store } from "./store.js";
import { beginTurn, messagesOf, newSession } from "./store.fixture.js";

/** How a verified visitor takes over the conversation that they began anonymously. */
export function claimContract(store: () => Store): void {
  const open = (over = {}) => store().createSession(newSession(over));
  const claim = (sessionId: string, userId: string, over: Partial<SessionClaim> = {}) =>
    store().claimSession({ sessionId, userId, ...over });

  describe("a claim", () => {
    test("makes session, conversation and participant the user's", async () => {
      const session = await open({ userName: "Somebody" });
      await beginTurn(store(), session);
      const userId = randomUUID();
      const named = { userId, userName: "Ada" };
      expect(await claim(session.id, userId, named)).toEqual({ ...session, ...named });
      expect((await store().session(session.id))?.userId).toBe(userId);
      const { conversationId } = session;
      const [message] = await messagesOf(store(), conversationId);
      expect(message?.from).toEqual({ type: "user", name: "Ada" });
      const continued = await open({ userId, conversationId });
      expect(continued).toMatchObject({
        conversationId,
        userParticipantId: session.userParticipantId,
      });
    });

    test("keeps the name that the visitor gave when the host vouches for none", async () => {
      const session = await open({ userName: "Somebody" });
      await beginTurn(store(), session);
      await claim(session.id, randomUUID(), { userName: null, userEmail: null });
      const [message] = await messagesOf(store(), session.conversationId);
      expect(message?.from.name).toBe("Somebody");
    });

    test("again by the same user changes nothing, by another one neither", async () => {
      const session = await open({ userName: "Somebody" });
      const userId = randomUUID();
      const first = await claim(session.id, userId);
      expect(await claim(session.id, userId, { userName: "Other" })).toEqual(first);
      for (const other of [randomUUID(), userId.toUpperCase()]) {
        expect(await claim(session.id, other)).toBeNull();
      }
      expect(await store().session(session.id)).toEqual(first);
    });

    test("of a session that a user opened is refused to others", async () => {
      const userId = randomUUID();
      const session = await open({ userId });
      expect(await claim(session.id, randomUUID())).toBeNull();
      expect(await claim(session.id, userId)).toEqual(session);
      expect(await claim(randomUUID(), userId)).toBeNull();
    });

    test("of a session that has ended gives its conversation to nobody", async () => {
      const session = await open();
      const own = await open({ userId: "ada" });
      for (const { id: sessionId, organizationId, conversationId } of [session, own]) {
        await store().endSessions({ kind: "session", organizationId, sessionId }, "revoked");
        expect(await claim(sessionId, "ada")).toBeNull();
        const { userId } = sessionId === own.id ? own : session;
        expect(await store().session(sessionId)).toMatchObject({ userId, status: "ended" });
        const continued = await open({ userId: "ada", conversationId });
        expect(continued.conversationId === conversationId).toBe(userId === "ada");
      }
    });

    test("races the end of the session: all of it comes first, or nothing does", async () => {
      for (let round = 0; round < 30; round += 1) {
        const { id: sessionId, organizationId, conversationId } = await open();
        const end = () =>
          store().endSessions({ kind: "session", organizationId, sessionId }, "revoked");
        const work = [() => claim(sessionId, "ada"), end];
        if (round % 2) work.reverse();
        await Promise.all(work.map((each) => each()));
        const session = await store().session(sessionId);
        expect(session?.status).toBe("ended");
        const { conversationId: continued } = await open({ userId: "ada", conversationId });
        expect(continued === conversationId).toBe(session?.userId === "ada");
      }
    });

    test("of a principal's session is refused, to a visitor of the same id too", async () => {
      for (const role of ["", "admin"]) {
        const session = await open({ userId: "7", role });
        expect(await claim(session.id, "7")).toBeNull();
        expect(await store().session(session.id)).toEqual(session);
      }
    });

    test("does not count as activity", async () => {
      const session = await open();
      const { conversationId } = session;
      const reach = { owners: [], conversationIds: [conversationId] };
      const before = await store().conversations(reach, 1);
      await claim(session.id, randomUUID());
      expect(await store().conversations(reach, 1)).toEqual(before);
    });

    test("of many users at once is won by one, who owns all of it", async () => {
      for (let round = 0; round < 8; round += 1) {
        const session = await open();
        const users = Array.from({ length: 6 }, () => randomUUID());
        const claims = await Promise.all(
          [...users, ...users].map(async (userId) => ({
            userId,
            won: await claim(session.id, userId, { userName: userId }),
          })),
        );
        const winners = claims.flatMap(({ userId, won }) => (won ? [userId] : []));
        expect(winners).toHaveLength(2);
        const [winner] = winners;
        expect(winners[1]).toBe(winner);
        expect((await store().session(session.id))?.userId).toBe(winner);
        const { conversationId } = session;
        const owned: unknown[] = [];
        for (const userId of users) {
          const continued = await open({ userId, conversationId });
          if (continued.conversationId === conversationId) owned.push(userId);
        }
        expect(owned).toEqual([winner]);
        await beginTurn(store(), session);
        const [message] = await messagesOf(store(), conversationId);
        expect(message?.from.name).toBe(winner);
      }
    });
  });
}
