import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { SessionRecord } from "./records.js";
import { CLAIMED } from "./session-end-store.js";
import type { NewSession, SessionSelection, Store } from "./store.js";
import {
  at,
  beginTurn,
  callIn,
  idsOf,
  newSession,
  OWNER,
  turnEnd,
  verdict,
} from "./store.fixture.js";

/** The end of sessions, and what it leaves without anybody. */
export function sessionEndContract(store: () => Store): void {
  const open = (over: Partial<NewSession> = {}) => store().createSession(newSession(over));
  const end = (which: SessionSelection) => store().endSessions(which, "revoked");
  const one = ({ organizationId, id: sessionId }: SessionRecord): SessionSelection => ({
    kind: "session",
    organizationId,
    sessionId,
  });
  const idsIn = (sessions: readonly { id: string }[]) => sessions.map(({ id }) => id).toSorted();
  const statusOf = async ({ id }: SessionRecord) => (await store().session(id))?.status;

  describe("the end of sessions", () => {
    test("is of one, once, and of no other", async () => {
      const [session, other] = [await open(), await open()];
      const { id, conversationId } = session;
      expect(await end(one(session))).toEqual([{ id, conversationId }]);
      expect(await end(one(session))).toEqual([]);
      expect(await statusOf(session)).toBe("ended");
      expect(await statusOf(other)).toBe("active");
      expect(await store().resumeSession(id, { supports: ["live"] }), "its token is dead").toBe(
        false,
      );
      expect((await store().session(id))?.supports).toEqual([]);
    });

    test("is none of another organization's, nor of an unknown one", async () => {
      const session = await open();
      const elsewhere = { organizationId: "other" };
      const { id: sessionId, conversationId } = session;
      const userId = randomUUID();
      const own = await open({ userId });
      for (const which of [
        { kind: "session", sessionId, ...elsewhere },
        { kind: "conversation", conversationId, ...elsewhere },
        { kind: "visitor", userId, ...elsewhere },
        { kind: "visitor", organizationId: "org", userId: randomUUID() },
        { kind: "organization", organizationId: randomUUID() },
        { kind: "session", organizationId: "org", sessionId: randomUUID() },
      ] as const) {
        expect(await end(which)).toEqual([]);
      }
      expect([await statusOf(session), await statusOf(own)]).toEqual(["active", "active"]);
    });

    test("is of a verified user everywhere, in one organization", async () => {
      const userId = randomUUID();
      const organizationId = randomUUID();
      const first = await open({ userId, organizationId });
      const { conversationId } = first;
      const second = await open({ userId, organizationId, conversationId });
      const third = await open({ userId, organizationId, agentId: "other" });
      const others = [
        await open({ userId, organizationId: randomUUID() }),
        await open({ userId: userId.toUpperCase(), organizationId }),
        await open({ organizationId }),
      ];
      const ended = await end({ kind: "visitor", organizationId, userId });
      expect(idsIn(ended)).toEqual(idsIn([first, second, third]));
      for (const other of others) expect(await statusOf(other)).toBe("active");
    });

    test("is of a visitor, and not of a principal who has the same id", async () => {
      const [userId, organizationId] = [randomUUID(), randomUUID()];
      const visitor = await open({ userId, organizationId });
      const principals = [
        await open({ userId, organizationId, role: "" }),
        await open({ userId, organizationId, role: "admin" }),
      ];
      const ended = await end({ kind: "visitor", organizationId, userId });
      expect(idsIn(ended)).toEqual([visitor.id]);
      for (const principal of principals) expect(await statusOf(principal)).toBe("active");
    });

    test("is of a conversation, or of an organization", async () => {
      const organizationId = randomUUID();
      const mine = await open({ userId: "u1", organizationId });
      const { conversationId } = mine;
      const again = await open({ userId: "u1", organizationId, conversationId });
      const third = await open({ organizationId });
      const of = await end({ kind: "conversation", organizationId, conversationId });
      expect(idsIn(of)).toEqual(idsIn([mine, again]));
      expect(idsIn(await end({ kind: "organization", organizationId }))).toEqual(idsIn([third]));
    });

    test("by ten at once is told to one of them", async () => {
      for (let round = 0; round < 10; round += 1) {
        const session = await open();
        const ends = await Promise.all(Array.from({ length: 10 }, () => end(one(session))));
        expect(ends.flat()).toHaveLength(1);
      }
    });

    test("is found among those that are held, with why", async () => {
      const [open1, revoked, deleted] = [await open(), await open(), randomUUID()];
      await end(one(revoked));
      const gone = { id: deleted, userId: null };
      expect(await store().endedAmong([open1, revoked, gone])).toEqual([
        { session: revoked, reason: "revoked" },
        { session: gone, reason: "deleted" },
      ]);
      expect(await store().endedAmong([])).toEqual([]);
    });

    test("is found among those that another user has, for whoever does not know", async () => {
      const before = await open();
      await store().claimSession({ sessionId: before.id, userId: "ada" });
      const now = { id: before.id, userId: "ada" };
      expect(await store().endedAmong([now, before, now])).toEqual([
        { session: before, reason: CLAIMED },
      ]);
      await end(one(before));
      expect((await store().endedAmong([before, now])).map(({ reason }) => reason)).toEqual([
        "revoked",
        "revoked",
      ]);
    });

    test("races a message fifty times: it is first and leaves nothing, or its turn is seen", async () => {
      for (let round = 0; round < 50; round += 1) {
        const session = await open();
        const { conversationId } = session;
        const send = () =>
          store().beginTurn({
            ...idsOf(session),
            ...{ requestId: "r", text: "hello", model: "m", owner: OWNER },
          });
        const stop = async () => {
          await end(one(session));
          return store().unattendedTurns([conversationId]);
        };
        const [begun, left] = (await Promise.all(
          round % 2 === 0 ? [send(), stop()] : [stop(), send()].reverse(),
        )) as [Awaited<ReturnType<typeof send>>, Awaited<ReturnType<typeof stop>>];
        const started = begun.outcome === "started" ? [begun.turn.id] : [];
        if (started.length === 0) expect(begun).toEqual({ outcome: "ended" });
        expect(left.map(({ id }) => id)).toEqual(started);
        for (const turnId of started) await store().endTurn(turnEnd(turnId));
      }
    });
  });

  describe("a question whose visitor was sent away", () => {
    test("takes no verdict of theirs any more", async () => {
      const { session, turn, call } = await callIn(store(), "awaiting");
      await end(one(session));
      const source = { sessionId: session.id, userId: null, origin: null };
      const late = verdict(session.conversationId, call, { source, now: at(1) });
      expect(await store().decide(late)).toBeNull();
      expect((await store().turn(turn.id))?.state).toBe("parked");
      await store().endTurn(turnEnd(turn.id, { owner: null, state: "cancelled" }));
    });
  });

  describe("unattended turns", () => {
    const unattended = async (session: SessionRecord) =>
      idsIn(await store().unattendedTurns([session.conversationId]));

    test("are those of a visitor who has no session left, running or parked", async () => {
      const parked = await callIn(store(), "awaiting");
      const running = await beginTurn(store());
      for (const { session, turn } of [parked, running]) {
        expect(await unattended(session)).toEqual([]);
        await end(one(session));
        expect(await unattended(session)).toEqual([turn.id]);
        const everywhere = await store().unattendedTurns();
        expect(everywhere.map(({ id }) => id)).toContain(turn.id);
        await store().endTurn(turnEnd(turn.id, { owner: null, state: "cancelled" }));
        expect(await unattended(session)).toEqual([]);
      }
    });

    test("are none of a visitor who has it open on another device", async () => {
      const userId = randomUUID();
      const first = await open({ userId });
      const { conversationId } = first;
      const second = await open({ userId, conversationId });
      const { turn } = await beginTurn(store(), first);
      await end(one(first));
      expect(await unattended(first)).toEqual([]);
      await end(one(second));
      expect(await unattended(first)).toEqual([turn.id]);
      await store().endTurn(turnEnd(turn.id));
    });

    test("are attended by no principal who looks on", async () => {
      const userId = randomUUID();
      const visitor = await open({ userId });
      const { conversationId } = visitor;
      await open({ userId, conversationId, role: "admin" });
      const { turn } = await beginTurn(store(), visitor);
      await end(one(visitor));
      expect(await unattended(visitor)).toEqual([turn.id]);
      await store().endTurn(turnEnd(turn.id));
    });
  });
}
