import { expect, it } from "vitest";
import { raceDecisions } from "./race.fixture.js";

it("a thousand disagreements of two tabs", { timeout: 5 * 60_000 }, async () => {
  const begun = Date.now();
  const { approved, denied, violations } = await raceDecisions(1_000);
  const seconds = Math.round((Date.now() - begun) / 1_000);
  console.log(`races: ${approved} approved, ${denied} denied, in ${seconds} s`);
  expect(violations).toEqual([]);
  expect(approved + denied).toBe(1_000);
  expect(Math.min(approved, denied)).toBeGreaterThan(100);
});
