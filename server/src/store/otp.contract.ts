import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SessionRecord } from "./records.js";
import type { NewOtpChallenge, OtpTrial, Store } from "./store.js";
import { at, callIn, newSession, verdict } from "./store.fixture.js";

const RIGHT = "right";

/** The one-time codes: few tries, counted over sessions and restarts, and one right answer. */
export function otpContract(store: () => Store): void {
  const opened = (
    session: SessionRecord,
    over: Partial<NewOtpChallenge> = {},
  ): NewOtpChallenge => ({
    id: randomUUID(),
    sessionId: session.id,
    toolName: "refund",
    toolTitle: "Refund",
    channel: "email",
    maskedDestination: "j***@example.com",
    contact: randomUUID(),
    subject: "jane",
    codeHash: RIGHT,
    salt: "salt",
    attemptsLeft: 5,
    sentAt: at(0),
    expiresAt: at(600),
    resendMs: 30_000,
    ...over,
  });
  const session = (over: Parameters<typeof newSession>[0] = {}) =>
    store().createSession(newSession(over));
  const trial = (sessionId: string, over: Partial<OtpTrial> = {}): OtpTrial => ({
    sessionId,
    isRight: () => false,
    now: at(10),
    authenticatedUntil: at(1_800),
    lockedUntil: at(910),
    failures: 20,
    countedUntil: at(86_400),
    ...over,
  });
  const right = { isRight: ({ codeHash }: { codeHash: string }) => codeHash === RIGHT };
  const prepared = async (over: Partial<NewOtpChallenge> = {}) => {
    const anonymous = await session();
    const challenge = opened(anonymous, over);
    expect(await store().openOtp(challenge)).toEqual({ outcome: "opened" });
    return { session: anonymous, challenge };
  };

  describe("a one-time code", () => {
    test("is kept as it was sent, without its code", async () => {
      const { session: anonymous, challenge } = await prepared();
      const { resendMs: _, ...kept } = challenge;
      expect(await store().otpChallenge(anonymous.id)).toEqual({ ...kept, lockedUntil: null });
      expect(await store().otpChallenge(randomUUID())).toBeNull();
    });

    test("authenticates its session once, and is used up", async () => {
      const { session: anonymous, challenge } = await prepared();
      const verdicts = await Promise.all(
        Array.from({ length: 8 }, () => store().tryOtp(trial(anonymous.id, right))),
      );
      expect(verdicts.filter(({ outcome }) => outcome === "verified")).toEqual([
        { outcome: "verified", subject: "jane" },
      ]);
      expect(verdicts.filter(({ outcome }) => outcome === "none")).toHaveLength(7);
      const proven = { authenticatedAs: "jane", authenticatedUntil: at(1_800), userId: null };
      expect(await store().session(anonymous.id)).toMatchObject(proven);
      expect(await store().otpChallenge(anonymous.id)).toBeNull();
      expect(challenge.codeHash).toBe(RIGHT);
    });

    test("ends what another visitor of the session had allowed, and not what its own had", async () => {
      const given = await callIn(store(), "awaiting");
      const { id, conversationId } = given.session;
      const prove = async (subject: string) => {
        const challenge = opened(given.session, { subject, sentAt: at(0), resendMs: 0 });
        expect(await store().openOtp(challenge)).toEqual({ outcome: "opened" });
        expect(await store().tryOtp(trial(id, right))).toMatchObject({ outcome: "verified" });
        return store().grants(conversationId);
      };
      await prove("jane");
      const source = { sessionId: id, userId: null, origin: null };
      const grant = { title: "t", summary: "s", arguments: "{}" };
      await store().decide(verdict(conversationId, given.call, { source, grant }));
      expect(await prove("jane")).toHaveLength(1);
      expect(await prove("john")).toEqual([]);
    });

    test("is right on the last try, too", async () => {
      const { session: anonymous } = await prepared({ attemptsLeft: 1 });
      expect(await store().tryOtp(trial(anonymous.id, right))).toMatchObject({
        outcome: "verified",
      });
    });

    test("tells how many tries are left, and is locked after the last", async () => {
      const { session: anonymous } = await prepared({ attemptsLeft: 2 });
      const wrong = trial(anonymous.id);
      expect(await store().tryOtp(wrong)).toEqual({ outcome: "wrong", attemptsLeft: 1 });
      expect(await store().tryOtp(wrong)).toEqual({ outcome: "locked" });
      // The right one comes too late.
      expect(await store().tryOtp(trial(anonymous.id, right))).toEqual({ outcome: "locked" });
      expect(await store().otpChallenge(anonymous.id)).toMatchObject({
        ...{ codeHash: null, attemptsLeft: 0, lockedUntil: at(910) },
      });
      expect(await store().session(anonymous.id)).toMatchObject({ authenticatedAs: null });
    });

    test("is good until it expires, and its tries are not counted then", async () => {
      const { session: anonymous } = await prepared({ attemptsLeft: 1 });
      const late = trial(anonymous.id, { ...right, now: at(600) });
      expect(await store().tryOtp(late)).toEqual({ outcome: "expired" });
      const inTime = trial(anonymous.id, { ...right, now: at(599) });
      expect(await store().tryOtp(inTime)).toMatchObject({ outcome: "verified" });
    });

    test("that could not be sent is none", async () => {
      const { session: anonymous, challenge } = await prepared();
      await store().withdrawOtp(challenge.id);
      expect(await store().tryOtp(trial(anonymous.id, right))).toEqual({ outcome: "none" });
    });

    test("is for active sessions of nobody's alone", async () => {
      const verified = await session({ userId: "jane" });
      expect(await store().openOtp(opened(verified))).toEqual({ outcome: "ended" });
      const { session: anonymous } = await prepared();
      const { organizationId } = anonymous;
      const which = { kind: "session", organizationId, sessionId: anonymous.id } as const;
      await store().endSessions(which, "revoked");
      expect(await store().tryOtp(trial(anonymous.id, right))).toEqual({ outcome: "none" });
      expect(await store().openOtp(opened(anonymous))).toEqual({ outcome: "ended" });
    });

    test("and what it proved end when a host vouches for the visitor", async () => {
      const { session: anonymous } = await prepared();
      await store().tryOtp(trial(anonymous.id, right));
      await store().openOtp(opened(anonymous, { sentAt: at(100) }));
      const claimed = await store().claimSession({ sessionId: anonymous.id, userId: "ada" });
      expect(claimed).toMatchObject({ userId: "ada", authenticatedAs: null });
      expect(claimed?.authenticatedUntil).toBeNull();
      expect(await store().otpChallenge(anonymous.id)).toBeNull();
    });
  });

  describe("the next one-time code", () => {
    test("waits for the one before, and then replaces it", async () => {
      const { session: anonymous, challenge } = await prepared();
      const early = await store().openOtp(opened(anonymous, { sentAt: at(29) }));
      expect(early).toMatchObject({ outcome: "early", retryAt: at(30) });
      expect(early).toMatchObject({ challenge: { id: challenge.id } });
      const next = opened(anonymous, { sentAt: at(30), codeHash: "other" });
      expect(await store().openOtp(next)).toEqual({ outcome: "opened" });
      expect(await store().tryOtp(trial(anonymous.id, right))).toMatchObject({ outcome: "wrong" });
    });

    test("waits for the end of the lock, in its session and for its contact everywhere", async () => {
      const contact = randomUUID();
      const { session: anonymous } = await prepared({ contact, attemptsLeft: 1 });
      await store().tryOtp(trial(anonymous.id));
      const elsewhere = await session();
      for (const each of [anonymous, elsewhere]) {
        const early = await store().openOtp(opened(each, { contact, sentAt: at(909) }));
        expect(early).toMatchObject({ outcome: "early", retryAt: at(910) });
      }
      // Another channel does not get around the session's own lock.
      const other = await store().openOtp(opened(anonymous, { sentAt: at(909) }));
      expect(other).toMatchObject({ outcome: "early", retryAt: at(910) });
      for (const each of [anonymous, elsewhere]) {
        const next = opened(each, { contact, sentAt: at(910) });
        expect(await store().openOtp(next)).toEqual({ outcome: "opened" });
      }
    });

    test("comes after a day, when the contact's tries of the day are used up", async () => {
      const contact = randomUUID();
      const tries = { failures: 3 };
      for (let n = 0; n < 3; n += 1) {
        const { session: anonymous } = await prepared({ contact });
        const verdict = await store().tryOtp(trial(anonymous.id, tries));
        const left = { outcome: "wrong", attemptsLeft: 2 - n };
        expect(verdict).toEqual(n < 2 ? left : { outcome: "locked" });
      }
      const refused = await store().openOtp(
        opened(await session(), { contact, sentAt: at(5_000) }),
      );
      expect(refused).toMatchObject({ outcome: "early", retryAt: at(86_400) });
      await store().deleteLapsedOtpContacts(at(86_399));
      const still = await store().openOtp(opened(await session(), { contact, sentAt: at(86_399) }));
      expect(still).toMatchObject({ outcome: "early" });
      const { session: later } = await prepared({
        ...{ contact, sentAt: at(86_400), expiresAt: at(90_000) },
      });
      const anew = { now: at(86_401), countedUntil: at(200_000), failures: 3 };
      expect(await store().tryOtp(trial(later.id, anew))).toEqual({
        ...{ outcome: "wrong", attemptsLeft: 2 },
      });
    });

    test("is not given more tries by deleting the conversation of the one before", async () => {
      const contact = randomUUID();
      const { session: anonymous } = await prepared({ contact, attemptsLeft: 1 });
      await store().tryOtp(trial(anonymous.id));
      const { conversationId, organizationId } = anonymous;
      await store().deleteConversation({ conversationId, organizationId });
      expect(await store().otpChallenge(anonymous.id)).toBeNull();
      const next = await store().openOtp(opened(await session(), { contact, sentAt: at(20) }));
      expect(next).toMatchObject({ outcome: "early" });
    });
  });

  test("guesses that race over several sessions never get more tries than there are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.nat(3), { minLength: 1, maxLength: 24 }),
        async (sessions, attemptsLeft, failures, guesses) => {
          const contact = randomUUID();
          const rigs = await Promise.all(
            Array.from({ length: sessions }, () => prepared({ contact, attemptsLeft })),
          );
          const compared = new Map<string, number>();
          await Promise.all(
            guesses.map((guess) => {
              const { id } = rigs[guess % sessions]!.session;
              const isRight = () => {
                compared.set(id, (compared.get(id) ?? 0) + 1);
                return false;
              };
              return store().tryOtp(trial(id, { isRight, failures }));
            }),
          );
          const counts = [...compared.values()];
          for (const count of counts) expect(count).toBeLessThanOrEqual(attemptsLeft);
          expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(failures);
        },
      ),
      { numRuns: 15 },
    );
  });

  describe("whom a code proved a visitor to be", () => {
    test("is recorded with what they decide, while it counts", async () => {
      for (const [now, userId] of [
        [at(39), "jane"],
        [at(40), null],
      ] as const) {
        const { session: anonymous, call, turn } = await callIn(store(), "awaiting");
        await store().openOtp(opened(anonymous));
        await store().tryOtp(trial(anonymous.id, { ...right, authenticatedUntil: at(40) }));
        const { conversationId, id: sessionId } = anonymous;
        const source = { sessionId, userId: null, origin: null };
        await store().decide(verdict(conversationId, call, { now, source, approved: true }));
        const page = await store().decisions({ conversationId, limit: 10 });
        expect(page?.decisions).toMatchObject([{ turnId: turn.id, userId, sessionId }]);
      }
    });

    test("is forgotten with the visitor, and so are the codes that were sent for it", async () => {
      const organizationId = randomUUID();
      const jane = randomUUID();
      const [proven, sent] = await Promise.all([
        session({ organizationId }),
        session({ organizationId }),
      ]);
      const elsewhere = await session();
      for (const each of [proven, sent, elsewhere]) {
        await store().openOtp(opened(each, { subject: jane }));
      }
      for (const each of [proven, elsewhere]) await store().tryOtp(trial(each.id, right));
      expect(await store().hasVisitor(organizationId, jane)).toBe(true);
      await store().forgetVisitor(organizationId, jane);
      expect(await store().hasVisitor(organizationId, jane)).toBe(false);
      expect(await store().session(proven.id)).toMatchObject({
        ...{ authenticatedAs: null, authenticatedUntil: null, status: "active" },
      });
      expect(await store().otpChallenge(sent.id)).toBeNull();
      expect(await store().session(elsewhere.id)).toMatchObject({ authenticatedAs: jane });
    });
  });
}
