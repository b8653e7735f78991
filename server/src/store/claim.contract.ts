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
