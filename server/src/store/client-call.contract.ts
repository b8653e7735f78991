import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { SessionRecord } from "./records.js";
import type { ClientAnswer, ClientClaim, Store, ToolAnswer } from "./store.js";
import {
  at,
  beginTurn,
  callIn,
  idsOf,
  loadedTurn,
  newStep,
  NOT_RUN,
  onlyCall,
  outcomeOf,
  OWNER,
  turnEnd,
  type CallCase,
} from "./store.fixture.js";

/** What every store must do with the calls that pages run. */
export function clientCallContract(store: () => Store): void {
  const offered = async (): Promise<CallCase> => {
    const { session, turn, call } = await callIn(store(), "proposed");
    await store().parkForPage(turn.id, OWNER, call.id, at(10));
    const loaded = await loadedTurn(store(), turn.id);
    return { session, turn: loaded, call: onlyCall(loaded) };
  };
  const claim = ({ session, call }: CallCase, over: Partial<ClientClaim> = {}) =>
    store().claimClientCall({
      toolCallId: call.id,
      sessionId: session.id,
      connectionId: "one",
      now: at(1),
      until: at(31),
      ...over,
    });
  const answer = ({ session, call }: CallCase, over: Partial<ClientAnswer> = {}) =>
    store().answerClientCall({
      ...idsOf(session),
      toolCallId: call.id,
      answer: OPENED,
      now: at(5),
      owner: OWNER,
      ...over,
    });
  const dueAt = async (now: Date) =>
    (await store().expiredClientCalls(now)).map(({ turnId }) => turnId);
  const reloaded = async ({ turn }: CallCase) => {
    const loaded = await loadedTurn(store(), turn.id);
    return { turn: loaded, call: onlyCall(loaded) };
  };

  describe("a page's call", () => {
    test("parks its turn while it executes, and is found by the session it is of", async () => {
      const given = await offered();
      const { session, turn, call } = given;
      expect(turn).toMatchObject({ state: "parked", owner: null });
      expect(call).toMatchObject({ state: "executing", claimedBy: null, expiresAt: at(10) });
      const found = { id: call.id, name: "look", arguments: call.arguments, claimedBy: null };
      const place = { conversationId: session.conversationId, requestId: turn.requestId };
      expect(await store().clientCall(session.id)).toMatchObject({ ...found, ...place });
      expect(await store().clientCall(randomUUID())).toBeNull();
      expect(await store().abandonedTurns(OWNER), "nobody has to take it up").not.toContain(
        turn.id,
      );
      expect((await store().expiredTurns(at(60))).map((due) => due.turnId)).not.toContain(turn.id);
    });

    test.each(["awaiting", "denied", "executing", "succeeded"] as const)(
      "is none that is %s",
      async (state) => {
        const { turn, call } = await callIn(store(), state);
        expect(await outcomeOf(store().parkForPage(turn.id, OWNER, call.id, at(10)))).toBe(
          "conflict",
        );
        expect(await loadedTurn(store(), turn.id)).toEqual(turn);
      },
    );

    test("is none of another process's turn, nor of another turn", async () => {
      const mine = await callIn(store(), "approved");
      const other = await callIn(store(), "proposed");
      const { turn, call } = mine;
      expect(await outcomeOf(store().parkForPage(turn.id, "b", call.id, at(10)))).toBe("conflict");
      const foreign = store().parkForPage(turn.id, OWNER, other.call.id, at(10));
      expect(await outcomeOf(foreign)).toBe("conflict");
      expect(await loadedTurn(store(), turn.id)).toEqual(turn);
    });
  });

  describe("a claim", () => {
    test("of many at once is one's", async () => {
      for (let round = 0; round < 30; round += 1) {
        const given = await offered();
        const connections = ["a", "b", "c", "d"].slice(0, 2 + (round % 3));
        const claims = connections.map((connectionId) => claim(given, { connectionId }));
        const won = (await Promise.all(claims)).filter((call) => call !== null);
        expect(won).toHaveLength(1);
        const { call } = await reloaded(given);
        expect(call).toMatchObject({ claimedBy: won[0]?.claimedBy, expiresAt: at(31) });
      }
    });

    test.each<[string, Partial<ClientClaim>]>([
      ["of another session", { sessionId: randomUUID() }],
      ["of another call", { toolCallId: randomUUID() }],
      ["at the end of its time", { now: at(10) }],
    ])("%s changes nothing", async (_, over) => {
      const given = await offered();
      expect(await claim(given, over)).toBeNull();
      expect((await reloaded(given)).call).toEqual(given.call);
    });

    test("of a session of the same conversation, or of an ended one, changes nothing", async () => {
      const given = await offered();
      const { session } = await beginTurn(store());
      expect(await claim(given, { sessionId: session.id })).toBeNull();
      await ended(given.session);
      expect(await claim(given)).toBeNull();
      expect((await reloaded(given)).call).toEqual(given.call);
    });

    test("ends earlier when its connection has gone, and by no other", async () => {
      const given = await offered();
      await claim(given);
      await store().hurryClientCall(given.call.id, "two", at(12));
      expect((await reloaded(given)).call.expiresAt).toEqual(at(31));
      await store().hurryClientCall(given.call.id, "one", at(40));
      expect((await reloaded(given)).call.expiresAt, "never later").toEqual(at(31));
      await store().hurryClientCall(given.call.id, "one", at(12));
      expect((await reloaded(given)).call.expiresAt).toEqual(at(12));
    });

    test("has its whole time again when its session is taken up, whatever ends then", async () => {
      const given = await offered();
      await store().keepClientCall(given.session.id, 30_000);
      expect((await reloaded(given)).call, "nobody has it").toEqual(given.call);
      await claim(given);
      await store().hurryClientCall(given.call.id, "one", at(12));
      await store().keepClientCall(given.session.id, 30_000);
      await store().hurryClientCall(given.call.id, "one", at(12));
      expect((await reloaded(given)).call.expiresAt).toEqual(at(31));
      expect(await answer(given)).not.toBeNull();
    });
  });

  describe("what a page says", () => {
    test("gives the turn to its process, once", async () => {
      const given = await offered();
      await claim(given);
      const { requestId, id: turnId } = given.turn;
      expect(await answer(given)).toEqual({ turnId, requestId, isOver: false });
      const { turn, call } = await reloaded(given);
      expect(turn).toMatchObject({ state: "running", owner: OWNER, attempts: 1 });
      expect(call).toMatchObject({ state: "executing", result: null });
      expect(JSON.parse(call.answer ?? "")).toEqual(OPENED);
      expect(await answer(given)).toBeNull();
      expect(await dueAt(at(60))).not.toContain(turnId);
      await store().finishToolCall(turnId, OWNER, call.id, { ...OPENED, from: "executing" });
      expect((await reloaded(given)).call).toMatchObject(OPENED);
    });

    test.each<[string, Partial<ClientAnswer>]>([
      ["of another call", { toolCallId: randomUUID() }],
      ["in another session", { sessionId: randomUUID() }],
      ["in another conversation", { conversationId: randomUUID() }],
      ["when its time is up", { now: at(31) }],
    ])("%s changes nothing", async (_, over) => {
      const given = await offered();
      await claim(given);
      const before = await reloaded(given);
      expect(await answer(given, over)).toBeNull();
      expect(await reloaded(given)).toEqual(before);
    });

    test("without a claim, or of an ended session, changes nothing", async () => {
      const given = await offered();
      expect(await answer(given)).toBeNull();
      expect((await reloaded(given)).call).toEqual(given.call);
      await claim(given);
      const before = await reloaded(given);
      await ended(given.session);
      expect(await answer(given)).toBeNull();
      expect(await reloaded(given)).toEqual(before);
    });

    test("of a tool that the server runs changes nothing", async () => {
      const given = await callIn(store(), "executing");
      expect(await answer(given)).toBeNull();
      expect(await loadedTurn(store(), given.turn.id)).toEqual(given.turn);
    });

    test("after its turn was cancelled closes the call, once, and wakes nobody", async () => {
      const given = await offered();
      await claim(given);
      await cancelled(given);
      expect((await reloaded(given)).call, "only the page can tell").toMatchObject({
        state: "executing",
        result: null,
      });
      expect(await answer(given, { now: at(99) })).toMatchObject({ isOver: true });
      const { turn, call } = await reloaded(given);
      expect(turn).toMatchObject({ state: "cancelled", owner: null });
      expect(call).toMatchObject(OPENED);
      expect(await answer(given)).toBeNull();
    });

    test("before its turn was cancelled is not lost", async () => {
      const given = await offered();
      await claim(given);
      await answer(given);
      await cancelled(given);
      expect((await reloaded(given)).call).toMatchObject(OPENED);
    });
  });

  test("what no page began was not run, when its turn is cancelled", async () => {
    const given = await offered();
    await cancelled(given);
    expect((await reloaded(given)).call).toMatchObject({ state: "failed", result: NOT_RUN });
    expect(await claim(given)).toBeNull();
  });

  test("what a page never told of after its turn was cancelled is unknown", async () => {
    const given = await offered();
    await claim(given);
    await cancelled(given);
    const { from: _, ...unknown } = { from: "executing", ...CLAIMED } as const;
    await store().closeLostCalls(at(1), unknown);
    expect((await reloaded(given)).call.state).toBe("executing");
    await store().closeLostCalls(at(2), unknown);
    expect((await reloaded(given)).call).toMatchObject(CLAIMED);
  });

  describe("the end of a page's time", () => {
    const expire = (given: CallCase, now: Date, then: Parameters<Store["expireClientCall"]>[3]) =>
      store().expireClientCall(
        given.turn.id,
        now,
        { unclaimed: UNCLAIMED, claimed: CLAIMED },
        then,
      );

    test.each([
      ["that none came for", false, at(10), UNCLAIMED],
      ["that one has", true, at(31), CLAIMED],
    ])("of a call %s gives the turn to its process, once", async (_, isClaimed, due, told) => {
      const given = await offered();
      if (isClaimed) await claim(given);
      const early = new Date(due.getTime() - 1);
      expect(await dueAt(early)).not.toContain(given.turn.id);
      expect(await expire(given, early, { owner: OWNER })).toBeNull();
      expect(await dueAt(due)).toContain(given.turn.id);
      expect(await expire(given, due, { owner: OWNER })).toMatchObject({
        toolCallId: given.call.id,
      });
      const { turn, call } = await reloaded(given);
      expect(turn).toMatchObject({ state: "running", owner: OWNER });
      expect(JSON.parse(call.answer ?? "")).toEqual(told);
      expect(await expire(given, due, { owner: OWNER })).toBeNull();
      expect(await answer(given, { now: at(2) })).toBeNull();
    });

    test("may end the turn with it", async () => {
      const given = await offered();
      const { terminal } = turnEnd(given.turn.id);
      expect(
        await expire(given, at(10), { end: { terminal, notRun: NOT_RUN, unanswered: NOT_RUN } }),
      ).not.toBeNull();
      const { turn, call } = await reloaded(given);
      expect(turn).toMatchObject({ state: "completed", owner: null, terminal });
      expect(call).toMatchObject(UNCLAIMED);
      await beginTurn(store(), given.session);
    });

    test("races a claim, an answer and a cancel: what is told is what happened", async () => {
      for (let round = 0; round < 60; round += 1) {
        const given = await offered();
        const isClaimed = round % 2 === 1;
        if (isClaimed) await claim(given, { until: at(10) });
        const attempts: (() => Promise<unknown>)[] = [
          () => (isClaimed ? answer(given, { now: at(9) }) : claim(given, { now: at(9) })),
          () => expire(given, at(10), { owner: OWNER }),
          () => cancelled(given),
        ];
        const order = [0, 1, 2].map((n) => (n + Math.floor(round / 2)) % 3);
        const told = new Map<number, unknown>();
        await Promise.all(order.map(async (n) => told.set(n, await attempts[n]?.())));
        const { turn, call } = await reloaded(given);
        expect(turn.state).toBe("cancelled");
        if (told.get(1) !== null) {
          expect(told.get(0), "one wins").toBeNull();
          expect(call).toMatchObject(isClaimed ? CLAIMED : UNCLAIMED);
        } else if (isClaimed) {
          expect(call).toMatchObject(told.get(0) === null ? { state: "executing" } : OPENED);
        } else if (told.get(0) === null) {
          expect(call).toMatchObject({ state: "failed", result: NOT_RUN });
        } else {
          expect(call).toMatchObject({ state: "executing", result: null });
        }
      }
    });
  });

  test("a later step of the same turn has its own page's call", async () => {
    const given = await offered();
    await claim(given);
    await answer(given);
    const { turn, call } = given;
    await store().finishToolCall(turn.id, OWNER, call.id, { ...OPENED, from: "executing" });
    const step = newStep(1, 1);
    await store().addStep(turn.id, OWNER, step);
    const next = step.toolCalls[0]?.id ?? "";
    await store().parkForPage(turn.id, OWNER, next, at(10));
    expect(await store().clientCall(given.session.id)).toMatchObject({ id: next });
    expect(await answer(given), "the one before is told already").toBeNull();
  });

  const cancelled = ({ turn }: CallCase) =>
    store().endTurn(turnEnd(turn.id, { owner: null, state: "cancelled" }));
  const ended = ({ id: sessionId, organizationId }: SessionRecord) =>
    store().endSessions({ kind: "session", sessionId, organizationId }, "revoked");
}

const OPENED: ToolAnswer = { state: "succeeded", result: "opened", isError: false };
const UNCLAIMED: ToolAnswer = { state: "failed", result: "nobody", isError: true };
const CLAIMED: ToolAnswer = { state: "unknown", result: "who knows", isError: true };
