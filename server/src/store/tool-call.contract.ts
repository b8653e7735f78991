import { randomUUID } from "node:crypto";
import { TOOL_CALL_STATES, type ToolCallState } from "@smooth-agent/protocol";
import { describe, expect, test } from "vitest";
import type { Store } from "./store.js";
import {
  at,
  beginTurn,
  callIn,
  loadedTurn,
  newStep,
  onlyCall,
  outcomeOf,
  OWNER,
  question,
  turnEnd,
  verdict,
  type CallCase,
} from "./store.fixture.js";

interface Change {
  name: string;
  /** The states of a call from which it goes through, in a turn that has not ended. */
  from: readonly ToolCallState[];
  try(store: Store, given: CallCase): Promise<unknown>;
}

const SETTLED: readonly ToolCallState[] = ["succeeded", "failed", "unknown"];

const RUNNING = TOOL_CALL_STATES.filter((state) => state !== "awaiting");

const CHANGES: readonly Change[] = [
  {
    name: "park",
    from: ["proposed"],
    try: (store, { turn, call }) => store.parkTurn(turn.id, OWNER, question(call.id)),
  },
  {
    name: "approve",
    from: ["awaiting"],
    try: (store, { session, call }) => store.decide(verdict(session.conversationId, call)),
  },
  {
    name: "deny",
    from: ["awaiting"],
    try: (store, { session, call }) =>
      store.decide(verdict(session.conversationId, call, { approved: false })),
  },
  {
    name: "expire",
    from: ["awaiting"],
    try: (store, { turn }) => store.expire(turn.id, at(60), { owner: OWNER }),
  },
  {
    name: "start",
    from: ["proposed", "approved"],
    try: (store, { turn, call }) => store.startToolCall(turn.id, OWNER, call.id),
  },
  {
    name: "finish",
    from: ["executing"],
    try: (store, { turn, call }) =>
      store.finishToolCall(turn.id, OWNER, call.id, outcome("executing")),
  },
  {
    name: "claim",
    from: RUNNING,
    try: (store, { turn }) => store.claimTurn(turn.id, "process-b"),
  },
  {
    name: "add a step",
    from: RUNNING,
    try: (store, { turn }) => store.addStep(turn.id, OWNER, newStep(1)),
  },
  {
    name: "complete",
    from: RUNNING,
    try: (store, { turn }) => store.endTurn(turnEnd(turn.id)),
  },
];

/** Tool calls: every change from every state, and verdicts that are late, wrong or twice. */
export function toolCallContract(store: () => Store): void {
  const verdictOn = ({ session, call }: CallCase) =>
    store().decide(verdict(session.conversationId, call));

  describe.each(CHANGES)("$name", (change) => {
    test.each(TOOL_CALL_STATES)("from %s", async (state) => {
      const given = await callIn(store(), state);
      const before = await loadedTurn(store(), given.turn.id);
      expect(onlyCall(before).state).toBe(state);
      const answer = await outcomeOf(change.try(store(), given));
      const isRefused = answer === "conflict" || answer === null || answer === false;
      expect(isRefused).toBe(!change.from.includes(state));
      const after = await loadedTurn(store(), given.turn.id);
      if (isRefused) expect(after).toEqual(before);
      else if (change.name !== "claim") expect(after).not.toEqual(before);
    });

    test.each(TOOL_CALL_STATES)("after the end, from %s", async (state) => {
      const given = await callIn(store(), state);
      await store().endTurn(turnEnd(given.turn.id, { owner: null, state: "cancelled" }));
      const before = await loadedTurn(store(), given.turn.id);
      const answer = await outcomeOf(change.try(store(), given));
      // What a tool did is stored although its turn was stopped meanwhile: the next one is told.
      const isLateOutcome = change.name === "finish" && state === "executing";
      expect([undefined, false, null, "conflict"]).toContain(answer);
      expect(answer === undefined).toBe(isLateOutcome);
      const after = await loadedTurn(store(), given.turn.id);
      if (!isLateOutcome) expect(after).toEqual(before);
      expect(after.terminal).toBe(before.terminal);
    });
  });

  describe("the outcome of a call", () => {
    test.each(TOOL_CALL_STATES)("of a call that is %s is stored once", async (state) => {
      const { turn, call } = await callIn(store(), state);
      const first = await outcomeOf(
        store().finishToolCall(turn.id, OWNER, call.id, outcome(state)),
      );
      // A parked turn is run by nobody, so nobody has an outcome to tell.
      const isTaken = SETTLED.includes(state) || state === "awaiting";
      expect(first).toBe(isTaken ? "conflict" : undefined);
      const stored = await loadedTurn(store(), turn.id);
      const result = state === "awaiting" ? null : SETTLED.includes(state) ? "r" : "late";
      expect(onlyCall(stored).result).toBe(result);
      for (const from of [state, "failed", "executing"] as const) {
        expect(
          await outcomeOf(store().finishToolCall(turn.id, OWNER, call.id, outcome(from))),
        ).toBe("conflict");
      }
      expect(await loadedTurn(store(), turn.id)).toEqual(stored);
    });

    test("an unknown call has none", async () => {
      const { turn } = await beginTurn(store());
      const finish = store().finishToolCall(turn.id, OWNER, randomUUID(), outcome("executing"));
      expect(await outcomeOf(finish)).toBe("conflict");
    });
  });

  describe("a foreign process", () => {
    test.each(["park", "start"])("does not %s", async (name) => {
      const { turn, call } = await callIn(store(), "proposed");
      const before = await loadedTurn(store(), turn.id);
      const attempt =
        name === "park"
          ? store().parkTurn(turn.id, "process-b", question(call.id))
          : store().startToolCall(turn.id, "process-b", call.id);
      expect(await outcomeOf<unknown>(attempt)).toBe("conflict");
      expect(await loadedTurn(store(), turn.id)).toEqual(before);
    });

    test.each(["park", "start"])("nor does the own one %s a call of another turn", async (name) => {
      const mine = await callIn(store(), "proposed");
      const other = await callIn(store(), "proposed");
      const attempt =
        name === "park"
          ? store().parkTurn(mine.turn.id, OWNER, question(other.call.id))
          : store().startToolCall(mine.turn.id, OWNER, other.call.id);
      expect(await outcomeOf<unknown>(attempt)).toBe("conflict");
      expect(await loadedTurn(store(), mine.turn.id)).toMatchObject({ state: "running" });
      expect(onlyCall(await loadedTurn(store(), other.turn.id)).state).toBe("proposed");
    });
  });

  describe("a verdict", () => {
    test("is stored with who, when and why, and gives the turn to its process", async () => {
      await store().enterProcess("process-b", 60_000);
      const { session, turn, call } = await callIn(store(), "awaiting");
      expect(call).toMatchObject({ confirmation: '{"title":"May I?"}', expiresAt: at(60) });
      const denial = { approved: false, reason: "No.", now: at(5), owner: "process-b" };
      const decided = await store().decide(verdict(session.conversationId, call, denial));
      expect(decided).toEqual({ turnId: turn.id, requestId: turn.requestId });
      const after = await loadedTurn(store(), turn.id);
      expect(after).toMatchObject({ state: "running", attempts: 1 });
      const stored = { approved: false, decidedBy: "visitor", decidedAt: at(5), reason: "No." };
      expect(onlyCall(after)).toMatchObject({ ...stored, state: "denied", result: null });
      expect(await store().claimTurn(turn.id, "process-b"), "it has it already").toBe(false);
      await store().leaveProcess("process-b");
    });

    test("starts the counting of attempts anew", async () => {
      const { session, turn } = await beginTurn(store(), undefined, { owner: "dead" });
      await store().claimTurn(turn.id, OWNER);
      const step = newStep(0, 1);
      await store().addStep(turn.id, OWNER, step);
      const [call] = step.toolCalls;
      await store().parkTurn(turn.id, OWNER, question(call?.id ?? ""));
      const { id = "", digest = "" } = call ?? {};
      await store().decide(verdict(session.conversationId, { id, digest }));
      expect((await loadedTurn(store(), turn.id)).attempts).toBe(1);
    });

    test.each<[string, (given: CallCase) => Partial<ReturnType<typeof verdict>>]>([
      ["on other arguments", () => ({ digest: "0".repeat(64) })],
      ["with no digest", () => ({ digest: "" })],
      ["of another conversation", () => ({ conversationId: randomUUID() })],
      ["on another call", () => ({ toolCallId: randomUUID() })],
      ["at the instant of expiry", () => ({ now: at(60) })],
      ["after expiry", () => ({ now: at(61) })],
    ])("%s changes nothing", async (_, over) => {
      const given = await callIn(store(), "awaiting");
      const { session, turn, call } = given;
      const before = await loadedTurn(store(), turn.id);
      const late = { ...verdict(session.conversationId, call), ...over(given) };
      for (const approved of [true, false]) {
        expect(await store().decide({ ...late, approved })).toBeNull();
      }
      expect(await loadedTurn(store(), turn.id)).toEqual(before);
    });

    test("from a conversation with a parked turn of its own decides only that one's call", async () => {
      const mine = await callIn(store(), "awaiting");
      const other = await callIn(store(), "awaiting");
      expect(await store().decide(verdict(mine.session.conversationId, other.call))).toBeNull();
      expect(onlyCall(await loadedTurn(store(), other.turn.id)).state).toBe("awaiting");
      expect(onlyCall(await loadedTurn(store(), mine.turn.id)).state).toBe("awaiting");
    });

    test("given again, while the turn waits on the next question, does not fall on that one", async () => {
      const { session, turn } = await beginTurn(store());
      const step = newStep(0, 2);
      await store().addStep(turn.id, OWNER, step);
      const [first, second] = step.toolCalls;
      if (!first || !second) throw new Error("two calls are needed");
      await store().parkTurn(turn.id, OWNER, question(first.id));
      const approval = verdict(session.conversationId, first);
      await store().decide(approval);
      await store().startToolCall(turn.id, OWNER, first.id);
      await store().finishToolCall(turn.id, OWNER, first.id, outcome("executing"));
      await store().parkTurn(turn.id, OWNER, question(second.id));
      const before = await loadedTurn(store(), turn.id);
      expect(await store().decide(approval)).toBeNull();
      expect(await store().decide({ ...approval, approved: false })).toBeNull();
      expect(await loadedTurn(store(), turn.id)).toEqual(before);
    });

    test("approve, deny and expiry race a hundred times: one wins", async () => {
      for (let round = 0; round < 100; round += 1) {
        const { session, turn, call } = await callIn(store(), "awaiting");
        const approve = verdict(session.conversationId, call, { now: at(59) });
        const attempts = [
          () => store().decide(approve),
          () => store().decide({ ...approve, approved: false }),
          () => store().expire(turn.id, at(60), { owner: OWNER }),
        ];
        const shift = round % 3;
        const order = [0, 1, 2].map((n) => (n + shift) % 3);
        const answers = await Promise.all(order.map(async (n) => attempts[n]?.()));
        const winners = order.filter((_, position) => answers[position] !== null);
        expect(winners).toHaveLength(1);
        const after = await loadedTurn(store(), turn.id);
        const state = (["approved", "denied", "expired"] as const)[winners[0] ?? 0];
        expect(onlyCall(after)).toMatchObject({ state, approved: state === "approved" });
        expect(after.state).toBe("running");
      }
    });
  });

  describe("a cancel", () => {
    test.each([
      ["a verdict", (given: CallCase) => verdictOn(given)],
      ["an expiry", ({ turn }: CallCase) => store().expire(turn.id, at(60), { owner: OWNER })],
    ])("races %s fifty times: the turn stays cancelled", async (_, change) => {
      for (let round = 0; round < 50; round += 1) {
        const given = await callIn(store(), "awaiting");
        const { session, turn } = given;
        const end = turnEnd(turn.id, { owner: null, state: "cancelled" });
        const cancel = () => store().endTurn(end);
        const [first, second] = round % 2 === 0 ? [change, cancel] : [cancel, change];
        const outcomes = await Promise.all([first(given), second(given)]);
        expect(outcomes[round % 2 === 0 ? 1 : 0], "the cancel is always in time").toBe(true);
        const after = await loadedTurn(store(), turn.id);
        expect(after).toMatchObject({ state: "cancelled", owner: null, terminal: end.terminal });
        expect(["denied", "failed", "expired"]).toContain(onlyCall(after).state);
        await beginTurn(store(), session);
      }
    });
  });

  describe("an expiry", () => {
    const dueAt = async (now: Date) =>
      (await store().expiredTurns(now)).map(({ turnId }) => turnId);

    test("comes at its time, not before, and once", async () => {
      const { session, turn, call } = await callIn(store(), "awaiting");
      expect(await dueAt(at(59))).not.toContain(turn.id);
      expect(await store().expire(turn.id, at(59), { owner: OWNER })).toBeNull();
      expect(await dueAt(at(60))).toContain(turn.id);
      expect(await store().expire(turn.id, at(60), { owner: "process-b" })).toEqual({
        conversationId: session.conversationId,
        requestId: turn.requestId,
        toolCallId: call.id,
        isForm: false,
      });
      const after = await loadedTurn(store(), turn.id);
      expect(onlyCall(after)).toMatchObject({ approved: false, decidedBy: "system" });
      expect(await dueAt(at(61))).not.toContain(turn.id);
      expect(await store().expire(turn.id, at(61), { owner: OWNER })).toBeNull();
    });
  });
}

function outcome(from: ToolCallState) {
  return { from, state: "failed", result: "late", isError: true } as const;
}
