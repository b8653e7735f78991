import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { EndedState } from "./records.js";
import type { Store, UsageEntry, UsageKey, UsageSum } from "./store.js";
import { beginTurn, newSession, newStep, OWNER, turnEnd } from "./store.fixture.js";

const DAY = "2030-01-01";
const NOON = new Date(`${DAY}T12:00:00.000Z`);

function entryOf(organizationId: string, over: Partial<UsageEntry> = {}): UsageEntry {
  return {
    organizationId,
    agentId: "shop",
    conversationId: "c",
    turnId: null,
    userId: null,
    purpose: "judge",
    model: "m",
    promptTokens: 10,
    completionTokens: 5,
    costUsd: 0.25,
    at: NOON,
    ...over,
  };
}

/** The ledger: every ended turn once, whatever was recorded besides, and their sums. */
export function usageContract(store: () => Store): void {
  const sums = (organizationId: string, by: UsageKey, range: { from?: Date; to?: Date } = {}) =>
    store().usage({ organizationId, by, ...range });

  describe("the usage of an ended turn", () => {
    const usage = { promptTokens: 100, completionTokens: 20, costUsd: 0.125 };

    test.each<EndedState>(["completed", "failed", "cancelled"])(
      "is recorded once, summed over its steps, when it is %s",
      async (state) => {
        const organizationId = randomUUID();
        const session = await store().createSession(newSession({ organizationId, userId: "ann" }));
        const { turn } = await beginTurn(store(), session);
        await store().addStep(turn.id, OWNER, newStep(0, 1, { usage }));
        await store().addStep(turn.id, OWNER, newStep(1, 0, { usage }));
        expect(await sums(organizationId, "model")).toEqual([]);
        const owner = state === "cancelled" ? null : OWNER;
        const end = turnEnd(turn.id, { owner, state });
        const ended = await Promise.all([store().endTurn(end), store().endTurn(end)]);
        expect(ended.filter(Boolean)).toHaveLength(1);
        const sum = { entries: 1, promptTokens: 200, completionTokens: 40, costUsd: 0.25 };
        const { conversationId, agentId } = session;
        const keys: Partial<Record<UsageKey, string>> = {
          agent: agentId,
          conversation: conversationId,
          visitor: "ann",
          model: "m",
          day: new Date().toISOString().slice(0, 10),
        };
        for (const [by, key] of Object.entries(keys)) {
          expect(await sums(organizationId, by as UsageKey)).toEqual([{ key, ...sum }]);
        }
      },
    );

    test("is nothing when no step reported any", async () => {
      const organizationId = randomUUID();
      const session = await store().createSession(newSession({ organizationId }));
      const { turn } = await beginTurn(store(), session);
      await store().addStep(turn.id, OWNER, newStep(0));
      expect(await store().endTurn(turnEnd(turn.id))).toBe(true);
      expect(await sums(organizationId, "day")).toEqual([]);
    });

    test("fits, however many tokens a model's server made up", async () => {
      const organizationId = randomUUID();
      const session = await store().createSession(newSession({ organizationId }));
      const { turn } = await beginTurn(store(), session);
      const huge = { promptTokens: 2_000_000_000, completionTokens: 0, costUsd: 0 };
      await store().addStep(turn.id, OWNER, newStep(0, 1, { usage: huge }));
      await store().addStep(turn.id, OWNER, newStep(1, 0, { usage: huge }));
      expect(await store().endTurn(turnEnd(turn.id))).toBe(true);
      await store().recordUsage(entryOf(organizationId, { promptTokens: 1e300, costUsd: NaN }));
      const [sum] = await sums(organizationId, "agent");
      expect(sum).toMatchObject({ promptTokens: 2 * (2 ** 31 - 1), costUsd: 0 });
    });
  });

  describe("sums of usage", () => {
    test("tell apart what is asked for, the dearest first", async () => {
      const organizationId = randomUUID();
      const record = (over: Partial<UsageEntry>) =>
        store().recordUsage(entryOf(organizationId, over));
      await record({ agentId: "a", userId: "ann", conversationId: "c1", model: "big", costUsd: 4 });
      await record({ agentId: "a", userId: null, conversationId: "c2", model: "small" });
      await record({ agentId: "b", userId: "ann", conversationId: "c1", model: "small" });
      await store().recordUsage(entryOf(randomUUID(), { agentId: "other", costUsd: 100 }));
      const brief = (of: readonly UsageSum[]) =>
        of.map(({ key, entries, promptTokens, costUsd }) => [key, entries, promptTokens, costUsd]);
      expect(brief(await sums(organizationId, "agent"))).toEqual([
        ["a", 2, 20, 4.25],
        ["b", 1, 10, 0.25],
      ]);
      expect(brief(await sums(organizationId, "visitor"))).toEqual([
        ["ann", 2, 20, 4.25],
        [null, 1, 10, 0.25],
      ]);
      expect(brief(await sums(organizationId, "conversation"))).toEqual([
        ["c1", 2, 20, 4.25],
        ["c2", 1, 10, 0.25],
      ]);
      expect(brief(await sums(organizationId, "model"))).toEqual([
        ["big", 1, 10, 4],
        ["small", 2, 20, 0.5],
      ]);
    });

    test("of days are of UTC, newest first, from an instant to before another", async () => {
      const organizationId = randomUUID();
      const instants = [
        "2029-12-31T23:59:59.999Z",
        "2030-01-01T00:00:00.000Z",
        "2030-01-01T23:59:59.999Z",
        "2030-03-05T10:00:00.000Z",
      ];
      for (const instant of instants) {
        await store().recordUsage(entryOf(organizationId, { at: new Date(instant) }));
      }
      const days = async (from?: string, to?: string) => {
        const range = { ...(from && { from: new Date(from) }), ...(to && { to: new Date(to) }) };
        return (await sums(organizationId, "day", range)).map(({ key, entries }) => [key, entries]);
      };
      const newYear = ["2030-01-01", 2];
      expect(await days()).toEqual([["2030-03-05", 1], newYear, ["2029-12-31", 1]]);
      expect(await days(instants[1], instants[3])).toEqual([newYear]);
      expect(await days(instants[2])).toEqual([
        ["2030-03-05", 1],
        ["2030-01-01", 1],
      ]);
      expect(await days(instants[0], instants[2])).toEqual([
        ["2030-01-01", 1],
        ["2029-12-31", 1],
      ]);
      expect(await days("2031-01-01T00:00:00.000Z")).toEqual([]);
    });
  });

  describe("the cost so far", () => {
    test("is of the organization, of a conversation or of a visitor, since an instant", async () => {
      const organizationId = randomUUID();
      const record = (over: Partial<UsageEntry>) =>
        store().recordUsage(entryOf(organizationId, over));
      await record({ conversationId: "c1", userId: "ann", costUsd: 0.1 });
      await record({ conversationId: "c2", userId: "ann", costUsd: 0.2 });
      await record({ conversationId: "c3", costUsd: 0.4, at: new Date(NOON.getTime() - 1) });
      await store().recordUsage(entryOf(randomUUID(), { conversationId: "c1", userId: "ann" }));
      const cost = (over: object) => store().costOf({ organizationId, ...over });
      expect(await cost({})).toBeCloseTo(0.7, 10);
      expect(await cost({ since: NOON })).toBeCloseTo(0.3, 10);
      expect(await cost({ userId: "ann" })).toBeCloseTo(0.3, 10);
      expect(await cost({ conversationId: "c1" })).toBeCloseTo(0.1, 10);
      expect(await cost({ userId: "bob" })).toBe(0);
    });
  });
}
