import { describe, expect, it } from "vitest";
import { countPlaywright, countVitest } from "./test-count.mjs";

const vitest = (changes: object) => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: "passed", assertionResults: [{ status: "passed" }] }],
  ...changes,
});
const playwright = (changes: object) => ({
  stats: { expected: 3, unexpected: 0, flaky: 0, skipped: 0, ...changes },
});

describe("countVitest", () => {
  it("takes the numbers of the report", () => {
    expect(countVitest(vitest({}), 0, false)).toEqual({ passed: 3, failed: 0 });
    expect(countVitest(vitest({ numFailedTests: 2 }), 1, false)).toEqual({ passed: 3, failed: 2 });
  });

  it("counts a file that could not be loaded", () => {
    const testResults = [{ status: "failed", assertionResults: [] }];
    expect(countVitest(vitest({ testResults }), 1, false)).toEqual({ passed: 3, failed: 1 });
  });

  it("counts what was skipped where nothing may be", () => {
    const report = vitest({ numPendingTests: 1, numTodoTests: 1 });
    expect(countVitest(report, 0, false)).toEqual({ passed: 3, failed: 2 });
    expect(countVitest(report, 0, true)).toEqual({ passed: 3, failed: 0 });
  });

  it("counts an error outside a test", () => {
    expect(countVitest(vitest({}), 1, true)).toEqual({ passed: 3, failed: 1 });
  });

  it("counts a missing report and an empty run", () => {
    expect(countVitest(undefined, 0, true)).toEqual({ passed: 0, failed: 1 });
    const empty = vitest({ numPassedTests: 0, testResults: [] });
    expect(countVitest(empty, 0, true)).toEqual({ passed: 0, failed: 1 });
  });
});

describe("countPlaywright", () => {
  it("takes the numbers of the report", () => {
    expect(countPlaywright(playwright({}), 0, false)).toEqual({ passed: 3, failed: 0 });
    expect(countPlaywright(playwright({ unexpected: 1 }), 1, false)).toEqual({
      passed: 3,
      failed: 1,
    });
  });

  it("counts what passed only when tried again, and what was skipped", () => {
    const report = playwright({ flaky: 1, skipped: 1 });
    expect(countPlaywright(report, 0, false)).toEqual({ passed: 3, failed: 2 });
    expect(countPlaywright(report, 0, true)).toEqual({ passed: 3, failed: 1 });
  });

  it("counts a runner that died", () => {
    expect(countPlaywright(undefined, 1, true)).toEqual({ passed: 0, failed: 1 });
    expect(countPlaywright(playwright({}), 1, true)).toEqual({ passed: 3, failed: 1 });
  });
});
