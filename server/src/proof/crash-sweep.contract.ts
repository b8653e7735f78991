import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CrashLane } from "./crash-lane.fixture.js";
import { cutsOf, figuresOf, lanes, pointsOf, sweep } from "./crash-sweep.fixture.js";
import type { DatabaseIn } from "./proof-database.fixture.js";
import { SCENARIOS } from "./scenario.fixture.js";

/**
 * The real program, killed by the kernel at every point that a scenario reaches, on any database.
 *
 * @param laneCount programs side by side
 * @param skipped scenarios whose statements others make as well
 */
export function crashSweepContract(
  name: string,
  laneCount: number,
  databaseIn?: DatabaseIn,
  skipped: readonly string[] = [],
): void {
  const scenarios = Object.keys(SCENARIOS).filter((scenario) => !skipped.includes(scenario));
  describe(`whatever instant the program on ${name} is killed at`, { timeout: 300_000 }, () => {
    let all: CrashLane[] = [];
    let points = new Map<string, string[]>();
    const recoveries: number[] = [];

    beforeAll(async () => {
      all = await lanes(laneCount, databaseIn);
      points = await pointsOf(scenarios, all);
    }, 60_000);
    afterAll(async () => {
      await Promise.all(all.map((lane) => lane.close()));
    });

    it.each(scenarios)("%s keeps every promise", async (scenario) => {
      const cuts = cutsOf(scenario, points.get(scenario) ?? []);
      const result = await sweep(cuts, all);
      console.log(`${scenario}: ${figuresOf(result)}`);
      for (const cut of result.unreached) console.log(`not reached: ${cut}`);
      recoveries.push(...result.recoveryMs);
      expect(result.violations).toEqual([]);
      expect(result.runs).toBeGreaterThan(10);
      expect(result.unreached.length).toBeLessThan(result.runs / 5);
    });

    it("dozens of points were reached, and turns that had been running were taken up again", () => {
      const names = new Set([...points.values()].flat());
      console.log(`${names.size} points: ${[...names].sort().join(", ")}`);
      expect(names.size).toBeGreaterThanOrEqual(12);
      expect(recoveries.length).toBeGreaterThan(100);
    });
  });
}
