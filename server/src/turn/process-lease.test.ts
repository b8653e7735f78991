import { pino } from "pino";
import { afterEach, describe, expect, test, vi } from "vitest";
import { processLease } from "./process-lease.js";

afterEach(() => void vi.useRealTimers());

/** A book of leases, as a store keeps it, and a lease in it. */
function leased() {
  const entered: string[] = [];
  const alive = new Set<string>();
  let isReachable = true;
  const reach = () => {
    if (!isReachable) throw new Error("away");
  };
  const lost: string[] = [];
  const lease = processLease({
    store: {
      enterProcess: async (owner) => {
        reach();
        entered.push(owner);
        alive.add(owner);
      },
      renewLease: async (owner) => {
        reach();
        return alive.has(owner);
      },
      leaveProcess: async (owner) => void alive.delete(owner),
    },
    leaseMs: 3_000,
    onLost: () => lost.push(lease.owner),
    log: pino({ level: "silent" }),
  });
  const away = (isAway: boolean) => (isReachable = !isAway);
  return { lease, entered, alive, lost, away };
}

describe("the lease of a process", () => {
  test("is kept as long as it is renewed, and over a while without the database", async () => {
    vi.useFakeTimers();
    const { lease, entered, lost, away } = leased();
    await lease.begin();
    const { owner } = lease;
    await vi.advanceTimersByTimeAsync(10_000);
    away(true);
    await vi.advanceTimersByTimeAsync(10_000);
    away(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([lease.owner, entered, lost]).toEqual([owner, [owner], []]);
  });

  test("that another process dropped is left for one of another name, and every run is told", async () => {
    vi.useFakeTimers();
    const { lease, entered, alive, lost } = leased();
    await lease.begin();
    const { owner } = lease;
    alive.delete(owner);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(lease.owner).not.toBe(owner);
    expect(lost).toEqual([lease.owner]);
    expect(entered).toEqual([owner, lease.owner]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lost).toHaveLength(1);
  });

  test("that was ended is not taken up again", async () => {
    vi.useFakeTimers();
    const { lease, entered, alive, lost } = leased();
    await lease.begin();
    await lease.end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([entered.length, [...alive], lost]).toEqual([1, [], []]);
  });
});
