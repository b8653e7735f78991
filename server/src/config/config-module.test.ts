import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfigModule } from "./config-module.js";
import { ConfigurationError } from "./problems.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "smooth-agent-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

describe("loadConfigModule", () => {
  test.each([
    ["smooth-agent.config.mjs", "export default { strict: false };"],
    ["smooth-agent.config.js", "export default { strict: false };"],
    ["smooth-agent.config.ts", "const strict: boolean = false;\nexport default { strict };"],
  ])("finds %s by itself", async (name, text) => {
    write(name, text);
    const loaded = await loadConfigModule(undefined, folder);
    expect(loaded).toEqual({ file: join(folder, name), value: { strict: false } });
  });

  test.each([
    ["conf.mjs", "export default 1;"],
    ["conf.js", "module.exports = 1;"],
    ["conf.cjs", "module.exports = 1;"],
    ["conf.ts", "enum One { a = 1 }\nexport default One.a;"],
    ["conf.mts", "export default (1 satisfies number);"],
    ["conf with space & ü.mjs", "export default 1;"],
  ])("loads %s when it is named", async (name, text) => {
    write(name, text);
    expect(await loadConfigModule(name, folder)).toEqual({ file: join(folder, name), value: 1 });
    expect((await loadConfigModule(join(folder, name), tmpdir()))?.value).toBe(1);
  });

  test("takes .mjs before .js before .ts", async () => {
    write("smooth-agent.config.ts", "export default 'ts';");
    write("smooth-agent.config.js", "export default 'js';");
    expect((await loadConfigModule(undefined, folder))?.value).toBe("js");
    write("smooth-agent.config.mjs", "export default 'mjs';");
    expect((await loadConfigModule(undefined, folder))?.value).toBe("mjs");
  });

  test("nothing named and nothing there is nothing", async () => {
    expect(await loadConfigModule(undefined, folder)).toBeNull();
  });

  test("a TypeScript module may import its own modules", async () => {
    write("order.ts", "export const limit: number = 3;");
    write(
      "smooth-agent.config.ts",
      'import { limit } from "./order.js";\nexport default { limit };',
    );
    expect((await loadConfigModule(undefined, folder))?.value).toEqual({ limit: 3 });
  });

  test("a named file that is missing is a problem, also where a default one is", async () => {
    write("smooth-agent.config.mjs", "export default {};");
    expect(await problemOf("other.mjs")).toBe(
      "SMOOTH_AGENT_CONFIG names other.mjs, which does not exist",
    );
  });

  test.each([
    ["none.mjs", "export const config = {};", "has no default export"],
    ["none.ts", "export const config: object = {};", "has no default export"],
    ["empty.mjs", "", "has no default export"],
    ["empty.ts", "", "has no default export"],
    [
      "throws.mjs",
      "throw new Error('no key for the shop');",
      "could not be loaded: no key for the shop",
    ],
    [
      "throws.ts",
      "throw new Error('no key for the shop');",
      "could not be loaded: no key for the shop",
    ],
    ["odd.mjs", "throw 'a word';", "could not be loaded: a word"],
    ["syntax.mjs", "export default {", "could not be loaded: "],
    ["syntax.ts", "export default {", "could not be loaded: "],
    ["missing.mjs", 'import "./gone.mjs";\nexport default {};', "could not be loaded: "],
    ["rejects.mjs", "await Promise.reject(new Error('later'));", "could not be loaded: later"],
  ])("%s is a problem", async (name, text, problem) => {
    write(name, text);
    const said = await problemOf(name);
    expect(said).toContain(join(folder, name));
    expect(said).toContain(problem);
  });

  test("a folder is a problem", async () => {
    expect(await problemOf(".")).toContain("could not be loaded");
  });

  test("a default export of nothing is passed on, for the reader to refuse", async () => {
    write("a.mjs", "export default undefined;");
    expect(await loadConfigModule("a.mjs", folder)).toMatchObject({ value: undefined });
  });
});

async function problemOf(named: string): Promise<string> {
  const error: unknown = await loadConfigModule(named, folder).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigurationError)) throw new Error(`not a problem: ${String(error)}`);
  expect(error.problems).toHaveLength(1);
  return error.problems[0] ?? "";
}
