import { randomUUID } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import type { Store } from "./store.js";
import { beginTurn, loadedTurn, newStep, outcomeOf, turnEnd } from "./store.fixture.js";

/** What a store that several processes share must do besides: a lease ends when its process is silent. */
export function sharedLeaseContract(store: () => Store): void {
  const entered = async (leaseMs: number) => {
    const owner = randomUUID();
    await store().enterProcess(owner, leaseMs);
    return owner;
  };

  describe("a lease that was not renewed", () => {
    test("is dropped by another process, which then takes its turns; it never comes back", async () => {
      const silent = await entered(1);
      const alive = await entered(60_000);
      const { turn } = await beginTurn(store(), undefined, { owner: silent });
      await vi.waitFor(async () => {
        await store().abandonedTurns(alive);
        expect(await store().claimTurn(turn.id, alive)).toBe(true);
      });
      expect(await store().renewLease(silent, 60_000)).toBe(false);
      expect(await outcomeOf(store().addStep(turn.id, silent, newStep(0)))).toBe("conflict");
      expect(await store().endTurn(turnEnd(turn.id, { owner: silent }))).toBe(false);
      expect((await loadedTurn(store(), turn.id)).owner).toBe(alive);
      await store().leaveProcess(alive);
    });

    test("is kept while nobody else asks: its process was only busy", async () => {
      const busy = await entered(1);
      const { turn } = await beginTurn(store(), undefined, { owner: busy });
      for (let sweep = 0; sweep < 3; sweep += 1) await store().abandonedTurns(busy);
      expect(await store().renewLease(busy, 60_000)).toBe(true);
      const other = await entered(60_000);
      await store().abandonedTurns(other);
      expect(await store().claimTurn(turn.id, other)).toBe(false);
      for (const owner of [busy, other]) await store().leaveProcess(owner);
    });
  });
}
