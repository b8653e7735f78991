import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { secretFromFile } from "./server-secret.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "smooth-agent-secret-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the server's secret", () => {
  test("is made once, for its owner alone, in a folder that may be missing", () => {
    const file = join(folder, "deep", "a.secret");
    const mask = process.umask(0);
    const secret = secretFromFile(file);
    process.umask(mask);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(secret.length).toBeGreaterThanOrEqual(32);
    expect(secretFromFile(file)).toBe(secret);
    expect(secretFromFile(join(folder, "b.secret"))).not.toBe(secret);
  });

  test("may be written by hand", () => {
    const file = join(folder, "a.secret");
    writeFileSync(file, `  ${"x".repeat(32)}\r\n`);
    expect(secretFromFile(file)).toBe("x".repeat(32));
  });

  test.each(["", "\n", "x".repeat(31), ` ${"x".repeat(31)} `])("is refused as %j", (text) => {
    const file = join(folder, "a.secret");
    writeFileSync(file, text);
    expect(() => secretFromFile(file)).toThrow(`${file} holds no secret of 32 characters.`);
  });

  test("that cannot be written is an error, not an empty one", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => secretFromFile(join(folder, "file", "a.secret"))).toThrow(/ENOTDIR|EEXIST/);
    expect(() => secretFromFile(folder)).toThrow("EISDIR");
  });
});
