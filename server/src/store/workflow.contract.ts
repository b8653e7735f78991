import { describe, expect, test } from "vitest";
import type { Store } from "./store.js";
import { beginTurn, newSession, turnEnd } from "./store.fixture.js";

const START = { stepId: "a", holds: 0 };
const HELD = { stepId: "a", holds: 1 };
const NEXT = { stepId: "b", holds: 0 };

/** Where conversations stand in workflows. */
export function workflowContract(store: () => Store): void {
  describe("workflows", () => {
    const fresh = async () => (await store().createSession(newSession())).conversationId;
    const position = (id: string, agentId = "shop", entry = "a") =>
      store().workflowPosition(id, agentId, entry);

    test("a conversation enters once; where it stands is kept per agent", async () => {
      const id = await fresh();
      expect(await position(id)).toEqual(START);
      await store().moveWorkflow(id, { agentId: "shop", from: START, to: HELD });
      expect(await position(id, "shop", "other")).toEqual(HELD);
      expect(await position(id, "desk", "x")).toEqual({ stepId: "x", holds: 0 });
      expect(await position(await fresh())).toEqual(START);
    });

    test("however many enter at once, they stand in one place", async () => {
      const id = await fresh();
      const all = await Promise.all(Array.from({ length: 20 }, () => position(id)));
      expect(new Set(all.map(({ stepId, holds }) => `${stepId}${holds}`))).toEqual(new Set(["a0"]));
    });

    test("a move from elsewhere changes nothing", async () => {
      const id = await fresh();
      await position(id);
      const move = (from: typeof START, agentId = "shop") =>
        store().moveWorkflow(id, { agentId, from, to: NEXT });
      expect(await move(HELD)).toBe(false);
      expect(await move(NEXT)).toBe(false);
      expect(await move(START, "desk")).toBe(false);
      expect(await position(id)).toEqual(START);
      expect(await move(START)).toBe(true);
      expect(await move(START)).toBe(false);
    });

    test("of many that move from one place, one does", async () => {
      const id = await fresh();
      await position(id);
      const moves = Array.from({ length: 20 }, (_, n) => {
        const to = { stepId: `to ${n}`, holds: 0 };
        return store().moveWorkflow(id, { agentId: "shop", from: START, to });
      });
      const won = (await Promise.all(moves)).map(Number);
      expect(won.reduce((sum, one) => sum + one, 0)).toBe(1);
      expect((await position(id)).stepId).toBe(`to ${won.indexOf(1)}`);
    });

    test("a turn's end moves with it, and only when it ends the turn", async () => {
      const { session, turn } = await beginTurn(store());
      const id = session.conversationId;
      await position(id);
      const workflow = { agentId: "shop", from: START, to: HELD };
      expect(await store().endTurn(turnEnd(turn.id, { owner: "other", workflow }))).toBe(false);
      expect(await position(id)).toEqual(START);
      expect(await store().endTurn(turnEnd(turn.id, { workflow }))).toBe(true);
      expect(await position(id)).toEqual(HELD);
    });

    test("a turn ends although its conversation stands elsewhere by now", async () => {
      const { session, turn } = await beginTurn(store());
      const workflow = { agentId: "shop", from: HELD, to: NEXT };
      await position(session.conversationId);
      expect(await store().endTurn(turnEnd(turn.id, { workflow }))).toBe(true);
      expect(await position(session.conversationId)).toEqual(START);
    });
  });
}
