import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Store } from "./store.js";
import {
  beginTurn,
  callIn,
  loadedTurn,
  newStep,
  onlyCall,
  outcomeOf,
  OWNER,
  turnEnd,
  verdict,
} from "./store.fixture.js";

const LEASE_MS = 60_000;

/** Who may run a turn: its process while it has a lease, whoever is first afterwards. */
export function leaseContract(store: () => Store): void {
  const entered = async () => {
    const owner = randomUUID();
    await store().enterProcess(owner, LEASE_MS);
    return owner;
  };

  describe("the owner of a turn", () => {
    test("is another only by a claim, which one process wins", async () => {
      const { turn } = await beginTurn(store(), undefined, { owner: "dead" });
      expect(await store().abandonedTurns(OWNER)).toContain(turn.id);
      const owners = [await entered(), await entered(), await entered(), await entered()];
      const claims = await Promise.all(owners.map((owner) => store().claimTurn(turn.id, owner)));
      expect(claims.filter(Boolean)).toHaveLength(1);
      const winner = owners[claims.indexOf(true)] ?? "";
      const claimed = { attempts: 2, state: "running", owner: winner };
      expect(await loadedTurn(store(), turn.id)).toMatchObject(claimed);
      expect(await outcomeOf(store().addStep(turn.id, "dead", newStep(0)))).toBe("conflict");
      expect(await store().endTurn(turnEnd(turn.id, { owner: "dead" }))).toBe(false);
      await store().addStep(turn.id, winner, newStep(0));
    });

    test("with a lease is asked for its turn by nobody, until it leaves", async () => {
      const owner = await entered();
      const { turn } = await beginTurn(store(), undefined, { owner });
      expect(await store().renewLease(owner, LEASE_MS)).toBe(true);
      expect(await store().abandonedTurns(OWNER)).not.toContain(turn.id);
      expect(await store().claimTurn(turn.id, "other")).toBe(false);
      expect((await loadedTurn(store(), turn.id)).owner).toBe(owner);
      await store().leaveProcess(owner);
      expect(await store().abandonedTurns(OWNER)).toContain(turn.id);
      expect(await store().claimTurn(turn.id, "other")).toBe(true);
    });

    test("that was let go on purpose counts no attempt of its process", async () => {
      const owner = await entered();
      const { turn } = await beginTurn(store(), undefined, { owner });
      await store().releaseTurn(turn.id, OWNER);
      expect(await loadedTurn(store(), turn.id)).toMatchObject({ attempts: 1, owner });
      await store().releaseTurn(turn.id, owner);
      expect(await store().abandonedTurns(OWNER)).toContain(turn.id);
      expect(await store().claimTurn(turn.id, "other")).toBe(true);
      expect(await loadedTurn(store(), turn.id)).toMatchObject({ attempts: 1, owner: "other" });
      await store().leaveProcess(owner);
    });

    test("a parked turn and an ended one are claimed by nobody", async () => {
      const { turn: parked } = await callIn(store(), "awaiting");
      const { turn: ended } = await beginTurn(store());
      await store().endTurn(turnEnd(ended.id));
      for (const { id } of [parked, ended, { id: randomUUID() }]) {
        expect(await store().claimTurn(id, "process-b")).toBe(false);
        expect(await store().abandonedTurns(OWNER)).not.toContain(id);
      }
    });

    test("oldest turns are taken up first", async () => {
      const begun: string[] = [];
      for (let n = 0; n < 4; n += 1) {
        begun.push((await beginTurn(store(), undefined, { owner: "dead" })).turn.id);
      }
      const abandoned = await store().abandonedTurns(OWNER);
      expect(abandoned.filter((id) => begun.includes(id))).toEqual(begun);
      for (const id of begun) await store().endTurn(turnEnd(id, { owner: "dead" }));
    });

    test("is told which turns it runs", async () => {
      const owner = await entered();
      const { turn } = await beginTurn(store(), undefined, { owner });
      const { turn: other } = await beginTurn(store());
      const { turn: ended } = await beginTurn(store(), undefined, { owner });
      await store().endTurn(turnEnd(ended.id, { owner }));
      expect(await store().ownedTurns(owner)).toEqual([turn.id]);
      await store().endTurn(turnEnd(other.id));
      await store().leaveProcess(owner);
    });

    test("learns of the turns that are no longer its own", async () => {
      const mine = (await beginTurn(store())).turn;
      const taken = (await beginTurn(store(), undefined, { owner: "dead" })).turn;
      const cancelled = (await beginTurn(store())).turn;
      await store().endTurn(turnEnd(cancelled.id, { owner: null, state: "cancelled" }));
      const completed = (await beginTurn(store())).turn;
      await store().endTurn(turnEnd(completed.id));
      const { turn: parked } = await callIn(store(), "awaiting");
      const all = [mine, taken, cancelled, completed, parked].map(({ id }) => id);
      const lost = await store().lostTurns(all, OWNER);
      expect(lost.map(({ id }) => id).toSorted()).toEqual([taken.id, cancelled.id].toSorted());
    });
  });

  describe("the outcome of a tool", () => {
    test("from a process that lost the turn is not stored", async () => {
      const { turn, call } = await callIn(store(), "executing");
      expect(await store().claimTurn(turn.id, "b")).toBe(true);
      const outcome = {
        from: "executing",
        state: "succeeded",
        result: "r",
        isError: false,
      } as const;
      const late = store().finishToolCall(turn.id, OWNER, call.id, outcome);
      expect(await outcomeOf(late)).toBe("conflict");
      expect(onlyCall(await loadedTurn(store(), turn.id))).toMatchObject({
        state: "executing",
        result: null,
      });
      await store().finishToolCall(turn.id, "b", call.id, outcome);
    });
  });

  describe("a call that outlived its turn and its process", () => {
    const UNKNOWN = { state: "unknown", result: "?", isError: true } as const;
    const later = () => new Date(Date.now() + 60_000);
    const outcomeAfter = async (state: "executing" | "succeeded", before: Date, ends = true) => {
      const { turn, call } = await callIn(store(), state);
      const end = { owner: null, state: "cancelled" } as const;
      if (ends) await store().endTurn(turnEnd(turn.id, end));
      await store().closeLostCalls(before, UNKNOWN);
      return { turn, call, after: onlyCall(await loadedTurn(store(), turn.id)) };
    };

    test("is closed as unknown, once", async () => {
      const { turn, call, after } = await outcomeAfter("executing", later());
      expect(after).toMatchObject(UNKNOWN);
      const late = { from: "executing", state: "succeeded", result: "r", isError: false } as const;
      const finish = store().finishToolCall(turn.id, OWNER, call.id, late);
      expect(await outcomeOf(finish)).toBe("conflict");
    });

    test("may still be told of until its time is up", async () => {
      const { after } = await outcomeAfter("executing", new Date(Date.now() - 60_000));
      expect(after).toMatchObject({ state: "executing", result: null });
    });

    test("keeps the outcome that was told", async () => {
      const { after } = await outcomeAfter("succeeded", later());
      expect(after).toMatchObject({ state: "succeeded", result: "r" });
    });

    test("is none while its turn runs", async () => {
      const { after } = await outcomeAfter("executing", later(), false);
      expect(after).toMatchObject({ state: "executing", result: null });
    });

    test("has its outcome in the record of its decision", async () => {
      const { session, turn, call } = await callIn(store(), "approved");
      await store().startToolCall(turn.id, OWNER, call.id);
      await store().endTurn(turnEnd(turn.id, { owner: null, state: "cancelled" }));
      await store().closeLostCalls(later(), UNKNOWN);
      const { conversationId } = session;
      const page = await store().decisions({ conversationId, limit: 1 });
      expect(page?.decisions).toMatchObject([{ approved: true, outcome: "unknown" }]);
    });
  });

  describe("a lease", () => {
    test("that was given up does not come back with a verdict", async () => {
      const owner = await entered();
      await store().leaveProcess(owner);
      const { session, turn, call } = await callIn(store(), "awaiting");
      await store().decide(verdict(session.conversationId, call, { owner }));
      expect(await store().abandonedTurns(OWNER)).toContain(turn.id);
      await store().endTurn(turnEnd(turn.id, { owner }));
    });
  });
}
