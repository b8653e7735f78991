// Builds, runs the suites that are named, and closes with one line that sums them: `usual` is Vitest
// and Playwright, `deep` is what takes minutes and both cores.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium } from "./chromium.mjs";
import { countPlaywright, countVitest } from "./test-count.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const reports = mkdtempSync(join(tmpdir(), "smooth-agent-test-"));
const maySkip = process.env["CI"] !== "true";
const suites = process.argv.slice(2);
let passed = 0;
let failed = 0;

try {
  if (suites.some((suite) => !["usual", "deep"].includes(suite)) || suites.length === 0) {
    throw new Error("Name the suites to run: usual, deep.");
  }
  if (run("npm", ["run", "build"], {}) !== 0) throw new Error("The build failed.");
  const browser = { CHROMIUM_PATH: findChromium() };
  if (suites.includes("usual")) {
    add(vitest("vitest.config.ts", browser));
    add(playwright("playwright.config.ts", browser));
  }
  if (suites.includes("deep")) {
    add(vitest("vitest.long.config.ts", browser));
    add(vitest("vitest.deep.config.ts", browser));
    add(playwright("playwright.deep.config.ts", browser));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  failed += 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/**
 * @param {string} config
 * @param {Record<string, string>} env
 */
function vitest(config, env) {
  const file = join(reports, `${config}.json`);
  const args = ["vitest", "run", `--config=${config}`, "--reporter=default", "--reporter=json"];
  const exitCode = run("npx", [...args, `--outputFile.json=${file}`], env);
  return countVitest(read(file), exitCode, maySkip);
}

/**
 * @param {string} config
 * @param {Record<string, string>} env
 */
function playwright(config, env) {
  const file = join(reports, `${config}.json`);
  const args = ["playwright", "test", `--config=e2e/${config}`, "--reporter=list,json"];
  const exitCode = run("npx", args, { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file });
  return countPlaywright(read(file), exitCode, maySkip);
}

/** @param {import("./test-count.mjs").TestCount} count */
function add(count) {
  passed += count.passed;
  failed += count.failed;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} env
 */
function run(command, args, env) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  return status ?? 1;
}

/** @param {string} file */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // A runner that died wrote no report; its count says so.
    return undefined;
  }
}
