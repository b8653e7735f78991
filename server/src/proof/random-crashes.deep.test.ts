import { afterAll, beforeAll, expect, it } from "vitest";
import type { CrashLane } from "./crash-lane.fixture.js";
import { figuresOf, lanes, pointsOf, sweep } from "./crash-sweep.fixture.js";
import { randomCut, randomNumbers } from "./random-cut.fixture.js";
import { SCENARIOS } from "./scenario.fixture.js";

// PROOF_SEED and PROOF_RUNS choose other runs than those of the continuous integration: 650 are what it
// takes for five hundred to die.
const SEED = Number(process.env["PROOF_SEED"] ?? 20_251_123);
const RUNS = Number(process.env["PROOF_RUNS"] ?? 150);

let all: CrashLane[] = [];
beforeAll(async () => {
  all = await lanes(2);
}, 60_000);
afterAll(async () => {
  await Promise.all(all.map((lane) => lane.close()));
});

it(
  `${RUNS} runs, killed once or twice at random, keep every promise (seed ${SEED})`,
  { timeout: 30 * 60_000 },
  async () => {
    const points = await pointsOf(Object.keys(SCENARIOS), all);
    const random = randomNumbers(SEED);
    const cuts = Array.from({ length: RUNS }, () => randomCut(random, points));
    const result = await sweep(cuts, all);
    console.log(`random: ${figuresOf(result)}, seed ${SEED}`);
    expect(result.violations, `seed ${SEED}`).toEqual([]);
    expect(result.unreached.length).toBeLessThan(RUNS / 3);
  },
);
