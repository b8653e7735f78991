/**
 * @typedef {object} TestCount
 * @property {number} passed
 * @property {number} failed
 */

/**
 * Counts a run of Vitest from its JSON report. A file that could not be loaded, a skipped test where
 * nothing may be skipped, an error outside a test and a missing report each count as failed.
 *
 * @param {VitestReport | undefined} report
 * @param {number} exitCode
 * @param {boolean} maySkip
 * @returns {TestCount}
 *
 * @typedef {object} VitestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ status: string, assertionResults: { status: string }[] }[]} testResults
 */
export function countVitest(report, exitCode, maySkip) {
  if (!report) return settled(0, 0, exitCode);
  const unloaded = report.testResults.filter(
    (file) =>
      file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  ).length;
  const skipped = maySkip ? 0 : report.numPendingTests + report.numTodoTests;
  return settled(report.numPassedTests, report.numFailedTests + unloaded + skipped, exitCode);
}

/**
 * Counts a run of Playwright from its JSON report. A test that passed only when tried again counts as
 * failed; the rest is as in {@link countVitest}.
 *
 * @param {PlaywrightReport | undefined} report
 * @param {number} exitCode
 * @param {boolean} maySkip
 * @returns {TestCount}
 *
 * @typedef {object} PlaywrightReport
 * @property {{ expected: number, unexpected: number, flaky: number, skipped: number }} stats
 */
export function countPlaywright(report, exitCode, maySkip) {
  if (!report) return settled(0, 0, exitCode);
  const { expected, unexpected, flaky, skipped } = report.stats;
  return settled(expected, unexpected + flaky + (maySkip ? 0 : skipped), exitCode);
}

/**
 * A runner that ran nothing, or that failed without a failed test, is itself a failure.
 *
 * @param {number} passed
 * @param {number} failed
 * @param {number} exitCode
 * @returns {TestCount}
 */
function settled(passed, failed, exitCode) {
  const silent = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: silent ? 1 : failed };
}
