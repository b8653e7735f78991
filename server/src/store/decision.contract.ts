import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { DecisionRecord } from "./records.js";
import type { Store } from "./store.js";
import {
  at,
  callIn,
  newSession,
  newStep,
  OWNER,
  question,
  turnEnd,
  verdict,
  type CallCase,
} from "./store.fixture.js";

const SOURCE = { userId: "u", origin: "https://shop.example" };

/** The record of who decided what: one for each decision, and what came of it. */
export function decisionContract(store: () => Store): void {
  const recorded = async ({ session }: Pick<CallCase, "session">): Promise<DecisionRecord[]> => {
    const { conversationId } = session;
    return (await store().decisions({ conversationId, limit: 500 }))?.decisions ?? [];
  };

  describe("the record of decisions", () => {
    test.each([true, false])("has who, when, where and on what: approved %s", async (approved) => {
      const given = await callIn(store(), "awaiting");
      const { session, turn, call } = given;
      const reason = approved ? undefined : "No.";
      const made = { approved, reason, now: at(5), source: { ...SOURCE, sessionId: session.id } };
      await store().decide(verdict(session.conversationId, call, made));
      const [decision, ...others] = await recorded(given);
      expect(others).toEqual([]);
      expect(decision).toEqual({
        ...SOURCE,
        sessionId: session.id,
        id: decision?.id,
        organizationId: "org",
        agentId: "shop",
        conversationId: session.conversationId,
        turnId: turn.id,
        toolCallId: call.id,
        toolName: "look",
        argumentsDigest: call.digest,
        arguments: null,
        editedArguments: null,
        editedDigest: null,
        grantId: null,
        approved,
        decidedBy: "visitor",
        reason: reason ?? null,
        decidedAt: at(5),
        outcome: approved ? null : "denied",
        outcomeAt: approved ? null : at(5),
      });
      await store().endTurn(turnEnd(turn.id));
    });

    test("is written once, however often it is tried", async () => {
      const given = await callIn(store(), "awaiting");
      const { session, call } = given;
      const approve = verdict(session.conversationId, call);
      await Promise.all([
        store().decide(approve),
        store().decide({ ...approve, approved: false }),
        store().decide(approve),
      ]);
      expect(await recorded(given)).toHaveLength(1);
    });

    test("gets the outcome of the tool", async () => {
      const given = await callIn(store(), "approved");
      const { turn, call } = given;
      await store().startToolCall(turn.id, OWNER, call.id);
      expect(await recorded(given)).toMatchObject([{ approved: true, outcome: null }]);
      const outcome = { from: "executing", state: "unknown", result: "?", isError: true } as const;
      await store().finishToolCall(turn.id, OWNER, call.id, outcome);
      const [decision] = await recorded(given);
      expect(decision).toMatchObject({ approved: true, outcome: "unknown" });
      expect(decision?.outcomeAt).toBeInstanceOf(Date);
    });

    test("tells of an expiry that the system decided it", async () => {
      const given = await callIn(store(), "expired");
      const nobody = { sessionId: null, userId: null, origin: null };
      const made = { approved: false, decidedBy: "system", outcome: "expired", decidedAt: at(60) };
      expect(await recorded(given)).toMatchObject([{ ...nobody, ...made }]);
    });

    test("tells of a turn that was stopped while it asked, by whom", async () => {
      const given = await callIn(store(), "awaiting");
      const cancel = {
        owner: null,
        state: "cancelled",
        source: { ...SOURCE, sessionId: "s" },
      } as const;
      await store().endTurn(turnEnd(given.turn.id, cancel));
      const made = { ...SOURCE, approved: false, decidedBy: "visitor", outcome: "denied" };
      expect(await recorded(given)).toMatchObject([made]);
    });

    test("tells of an approved call whose turn was stopped that it was not run", async () => {
      const given = await callIn(store(), "approved");
      const cancel = {
        owner: null,
        state: "cancelled",
        source: { ...SOURCE, sessionId: "s" },
      } as const;
      await store().endTurn(turnEnd(given.turn.id, cancel));
      expect(await recorded(given)).toMatchObject([{ approved: true, outcome: "failed" }]);
    });

    test("has nothing of a call that asked nobody", async () => {
      const given = await callIn(store(), "succeeded");
      expect(await recorded(given)).toEqual([]);
    });

    test("is read in pages, newest first, an organization apart from the other", async () => {
      const organizationId = randomUUID();
      const session = await store().createSession(newSession({ organizationId }));
      const made: string[] = [];
      for (let n = 0; n < 7; n += 1) {
        const ids = { conversationId: session.conversationId, sessionId: session.id };
        const turn = { ...ids, requestId: `r${n}`, text: "hi", model: "m", owner: OWNER };
        const begun = await store().beginTurn(turn);
        if (begun.outcome !== "started") throw new Error(begun.outcome);
        const step = newStep(0, 1);
        const [call] = step.toolCalls;
        if (!call) throw new Error("a call is needed");
        await store().addStep(begun.turn.id, OWNER, step);
        await store().parkTurn(begun.turn.id, OWNER, question(call.id));
        // Two at one instant are told apart by their ids.
        const now = at(Math.floor(n / 2));
        await store().decide(verdict(session.conversationId, call, { now }));
        await store().endTurn(turnEnd(begun.turn.id));
        made.unshift(call.id);
      }
      const read: string[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await store().decisions({ organizationId, limit: 2, cursor });
        if (!page) throw new Error("the cursor was refused");
        read.push(...page.decisions.map(({ toolCallId }) => toolCallId));
        if (page.nextCursor === null) break;
        cursor = page.nextCursor;
      }
      expect(read).toHaveLength(7);
      expect(read.toSorted()).toEqual(made.toSorted());
      const page = await store().decisions({ organizationId, limit: 500 });
      const times = page?.decisions.map(({ decidedAt }) => decidedAt.getTime()) ?? [];
      expect(times).toEqual(times.toSorted((a, b) => b - a));
      const elsewhere = { organizationId: randomUUID(), limit: 1, cursor: page?.decisions[0]?.id };
      expect(await store().decisions(elsewhere)).toBeNull();
    });
  });
}
