import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { AuthContextUse, NewSession, Store } from "./store.js";
import { newSession, tick } from "./store.fixture.js";

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
      expect(await store().resumeSession(id)).toBe(true);
      expect((await store().session(id))?.supports).toEqual(["live"]);
      await store().resumeSession(id, { supports: [] });
      expect((await store().session(id))?.supports).toEqual([]);
    });

    test("so it is with what may be called in the page, which no other session has", async () => {
      const userId = randomUUID();
      const first = await store().createSession(newSession({ userId, clientTools: "[1]" }));
      const declared = async () => (await store().session(first.id))?.clientTools;
      expect(await declared()).toBe("[1]");
      await store().resumeSession(first.id);
      expect(await declared()).toBe("[1]");
      await store().resumeSession(first.id, { clientTools: "[]" });
      expect(await declared()).toBe("[]");
      const { conversationId } = first;
      const next = await store().createSession(newSession({ userId, conversationId }));
      expect(next).toMatchObject({ conversationId, clientTools: null });
    });

    test("so it is with the visitor's language, which no other session has", async () => {
      const userId = randomUUID();
      const first = await store().createSession(newSession({ userId, locale: "fr-CA" }));
      const said = async () => (await store().session(first.id))?.locale;
      expect([first.locale, await said()]).toEqual(["fr-CA", "fr-CA"]);
      await store().resumeSession(first.id);
      expect(await said()).toBe("fr-CA");
      await store().resumeSession(first.id, { locale: "ja" });
      expect(await said()).toBe("ja");
      const { conversationId } = first;
      const next = await store().createSession(newSession({ userId, conversationId }));
      expect(next).toMatchObject({ conversationId, locale: null });
    });

    test("fifty sessions at once are fifty conversations", async () => {
      const created = await Promise.all(
        Array.from({ length: 50 }, () => store().createSession(newSession())),
      );
      expect(new Set(created.map(({ conversationId }) => conversationId)).size).toBe(50);
    });

    test("the first sessions of an organization may come at once, of several too", async () => {
      const organizations = Array.from({ length: 4 }, () => randomUUID());
      const created = await Promise.all(
        Array.from({ length: 24 }, (_, n) =>
          store().createSession(newSession({ organizationId: organizations[n % 4] })),
        ),
      );
      const belongTo = created.map(({ organizationId }) => organizationId);
      expect(belongTo).toEqual(created.map((_, n) => organizations[n % 4]));
    });

    test("a character that no database keeps is replaced, and asking for it finds nothing", async () => {
      const created = await store().createSession(newSession({ agentName: "A\0B" }));
      expect(created.agentName.replace(/[^AB]/gu, "")).toBe("AB");
      expect(await store().session(`${created.id}\0`)).toBeNull();
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

    test("as stored is what the session declared that was taken up last", async () => {
      const first = await store().createSession(own);
      const { conversationId } = first;
      await store().createSession({ ...own, conversationId, supports: ["live", "x"] });
      await tick();
      await store().resumeSession(first.id, { supports: [] });
      const third = await store().createSession({ ...own, conversationId, supports: undefined });
      expect(third.supports).toEqual([]);
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

    test("from two origins at once are the first one's alone", async () => {
      for (let round = 0; round < 5; round += 1) {
        const signature = use({ maxUses: 8 });
        const origins = ["https://a.example", "https://b.example"];
        const uses = await Promise.all(
          Array.from({ length: 20 }, async (_, n) => {
            const origin = origins[n % 2] ?? "";
            return { origin, isGood: await store().useAuthContext({ ...signature, origin }) };
          }),
        );
        const good = uses.filter(({ isGood }) => isGood);
        expect(good).toHaveLength(8);
        expect(new Set(good.map(({ origin }) => origin)).size).toBe(1);
      }
    });

    test("of many signatures at once are counted beside what has just expired", async () => {
      const expired = Array.from({ length: 10 }, () =>
        use({ expiresAt: new Date(Date.now() - 1) }),
      );
      const signatures = Array.from({ length: 10 }, () => use({ maxUses: 2 }));
      const uses = await Promise.all(
        [...signatures, ...expired, ...signatures, ...expired, ...signatures].map((each) =>
          store().useAuthContext(each),
        ),
      );
      const good = uses.filter(Boolean);
      expect(good, "20 of the signatures that are good, all 20 of the expired").toHaveLength(40);
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
