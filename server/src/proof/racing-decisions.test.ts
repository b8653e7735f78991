import { expect, it } from "vitest";
import { raceDecisions } from "./race.fixture.js";

it(
  "of two tabs that disagree at the same instant one is acked, and that one counts",
  { timeout: 60_000 },
  async () => {
    const { approved, denied, violations } = await raceDecisions(50);
    expect(violations).toEqual([]);
    expect(approved + denied).toBe(50);
    expect(Math.min(approved, denied)).toBeGreaterThan(0);
  },
);
