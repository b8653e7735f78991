import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { AuthContextUse, NewSession, Store } from "./store.js";
import { newSession } from "./store.fixture.js";

/** Sessions, the conversations they open or continue, and the counting of signatures. */
export function sessionContract(store: () => Store): void {
  describe("sessions", () => {
    test("a session is read back as it was created", async () => {
      const input = newSession({ userId: "u1", supports: ["live", "x"], metadata: { a: [1] } });
      const created = await store().createSession(input);
      expect(created).toMatchObject({
        organizationId: "org",
        agentId: "shop",
        agentName: "Shop",
        userId: "u1",
        status: "active",
        supports: ["live", "x"],
      });
      expect(await store().session(created.id)).toEqual(created);
      const { id, conversationId, userParticipantId, agentParticipantId } = created;
      const ids = [id, conversationId, userParticipantId, agentParticipantId];
      expect(new Set(ids).size).toBe(4);
    });

    test("an unknown session is null", async () => {
      expect(await store().session(randomUUID())).toBeNull();
    });

    test("what a client calls itself is no configuration", async () => {
      const metadata = { supports: ["live"], organizationId: "other", status: "ended" };
      const created = await store().createSession(newSession({ metadata }));
      expect(created).toMatchObject({ supports: [], organizationId: "org", status: "active" });
    });

    test("resuming replaces what was declared, or leaves it", async () => {
      const { id } = await store().createSession(newSession({ supports: ["live"] }));
      await store().resumeSession(id, undefined);
      expect((await store().session(id))?.supports).toEqual(["live"]);
      await store().resumeSession(id, []);
      expect((await store().session(id))?.supports).toEqual([]);
    });

    test("fifty sessions at once are fifty conversations", async () => {
      const created = await Promise.all(
        Array.from({ length: 50 }, () => store().createSession(newSession())),
      );
      expect(new Set(created.map(({ conversationId }) => conversationId)).size).toBe(50);
    });
  });

  describe("continued conversations", () => {
    const own = newSession({ userId: "u1", supports: ["live"] });

    test("the owner continues with a session of its own and the same participants", async () => {
      const first = await store().createSession(own);
      const { conversationId } = first;
      const second = await store().createSession({
        ...own,
        conversationId,
        agentName: "Renamed",
        userName: "Someone",
        supports: undefined,
      });
      expect(second).toEqual({ ...first, id: second.id });
      expect(second.id).not.toBe(first.id);
    });

    test("capabilities left out are as stored; an empty list opts out and is remembered", async () => {
      const { conversationId } = await store().createSession(own);
      const go = (supports: string[] | undefined) =>
        store().createSession({ ...own, conversationId, supports });
      expect((await go(undefined)).supports).toEqual(["live"]);
      expect((await go([])).supports).toEqual([]);
      expect((await go(undefined)).supports).toEqual([]);
    });

    test.each<[string, Partial<NewSession>]>([
      ["another user", { userId: "u2" }],
      ["a user whose id differs in case", { userId: "U1" }],
      ["nobody", { userId: null }],
      ["another agent", { agentId: "other" }],
      ["another organization", { organizationId: "other" }],
    ])("%s gets a fresh conversation, silently", async (_, over) => {
      const first = await store().createSession(own);
      const { conversationId } = first;
      const other = await store().createSession({ ...own, conversationId, ...over });
      expect(other.conversationId).not.toBe(conversationId);
      expect(other.userParticipantId).not.toBe(first.userParticipantId);
      const again = await store().createSession({ ...own, conversationId });
      expect(again.conversationId, "the owner still owns it").toBe(conversationId);
    });

    test("an ownerless conversation is continued by nobody", async () => {
      const { conversationId } = await store().createSession(newSession());
      for (const userId of [null, "u1"]) {
        const other = await store().createSession(newSession({ userId, conversationId }));
        expect(other.conversationId).not.toBe(conversationId);
      }
    });

    test("an unknown id is not taken over as it came", async () => {
      const conversationId = randomUUID();
      const created = await store().createSession({ ...own, conversationId });
      expect(created.conversationId).not.toBe(conversationId);
    });
  });

  describe("uses of a signature", () => {
    const use = (over: Partial<AuthContextUse> = {}): AuthContextUse => ({
      id: randomUUID(),
      origin: "https://a.example",
      expiresAt: new Date(Date.now() + 60_000),
      maxUses: 5,
      ...over,
    });

    test("are counted up to the limit, each signature by itself", async () => {
      const signature = use({ maxUses: 2 });
      expect(await store().useAuthContext(signature)).toBe(true);
      expect(await store().useAuthContext(signature)).toBe(true);
      expect(await store().useAuthContext(signature)).toBe(false);
      expect(await store().useAuthContext({ ...signature, maxUses: 3 })).toBe(true);
      expect(await store().useAuthContext(use({ maxUses: 1 }))).toBe(true);
    });

    test("belong to the origin of the first", async () => {
      const signature = use();
      await store().useAuthContext(signature);
      const elsewhere = { ...signature, origin: "https://b.example" };
      expect(await store().useAuthContext(elsewhere)).toBe(false);
      expect(await store().useAuthContext({ ...signature, origin: "" })).toBe(false);
      expect(await store().useAuthContext(signature)).toBe(true);
    });

    test("fifty at once are as many as the limit", async () => {
      const signature = use();
      const uses = await Promise.all(
        Array.from({ length: 50 }, () => store().useAuthContext(signature)),
      );
      expect(uses.filter(Boolean)).toHaveLength(5);
    });

    test("are forgotten once the signature has expired, and not before", async () => {
      const expired = use({ maxUses: 1, expiresAt: new Date(Date.now() - 1) });
      const good = use({ maxUses: 1 });
      await store().useAuthContext(expired);
      await store().useAuthContext(good);
      expect(await store().useAuthContext(expired)).toBe(true);
      expect(await store().useAuthContext(good)).toBe(false);
    });
  });
}
