import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CrashLane } from "./crash-lane.fixture.js";
import { lanes, sweep } from "./crash-sweep.fixture.js";

// The most telling instants; `npm run test:deep` takes all of them.
const CUTS: [scenario: string, name: string, occurrence: number][] = [
  ["a plain answer", "after INSERT Message", 1],
  ["a plain answer", "before send ack of send", 1],
  ["a plain answer", "before send stream_token", 3],
  ["a plain answer", "after COMMIT", 4],
  ["an approved write", "before send write_confirmation_required", 1],
  ["an approved write", "before send ack of confirm", 1],
  ["an approved write", "after tool effect", 1],
  ["a slow idempotent tool", "before tool returns", 1],
  ["a cancel while it is parked", "before send cancelled", 1],
];

describe("killed by the kernel, the real program keeps every promise", { timeout: 60_000 }, () => {
  let all: CrashLane[] = [];
  beforeAll(async () => {
    all = await lanes(1);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(all.map((lane) => lane.close()));
  });

  it.each(CUTS)("%s, %s %i", async (scenario, name, occurrence) => {
    const result = await sweep([{ scenario, first: { name, occurrence } }], all);
    expect(result.violations).toEqual([]);
    expect(result.unreached).toEqual([]);
  });
});
