import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { exports } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
  exports: Record<string, string | { default: string }>;
};
const entries = Object.entries(exports).flatMap(([name, target]) => {
  const file = typeof target === "string" ? target : target.default;
  // The loader is no module: what it is for is a page. The manifest is data.
  return /\*|^\.\/loader\.js$|\.json$/.test(name) ? [] : [[name, file] as const];
});

test.each(entries)("%s imports in plain Node", async (_name, file) => {
  const source = `await import(${JSON.stringify(new URL(file, `file://${root}`).href)})`;
  const run = promisify(execFile);
  const { stderr } = await run(process.execPath, ["--input-type=module", "-e", source]);
  expect(stderr).not.toMatch(/Error/);
});

test("there is an entry for each way to use it", () => {
  expect(entries.map(([name]) => name)).toEqual([
    ".",
    "./define",
    "./client",
    "./conversation",
    "./react",
    "./smooth-agent.js",
    "./smooth-agent.mjs",
  ]);
});
