import fc from "fast-check";
import { expect, test } from "vitest";
import { isCode, newCode } from "./otp-code.js";

test("a code is six digits, kept as a hash that it alone has", () => {
  const made = Array.from({ length: 50 }, newCode);
  for (const { code, salt, codeHash } of made) {
    expect(code).toMatch(/^\d{6}$/);
    expect(codeHash).toMatch(/^[\da-f]{64}$/);
    expect(JSON.stringify([salt, codeHash])).not.toContain(code);
    expect(isCode(code, { salt, codeHash })).toBe(true);
  }
  expect(new Set(made.map(({ code }) => code)).size).toBeGreaterThan(40);
  expect(new Set(made.map(({ salt }) => salt)).size).toBe(50);
});

test("white space and dashes do not count, and nothing else is the code", () => {
  const made = newCode();
  const between = fc.stringMatching(/^[ \t\u00a0\u2003\-\u2013\u2014]{0,3}$/u);
  fc.assert(
    fc.property(fc.array(between, { minLength: 7, maxLength: 7 }), (gaps) => {
      const typed = gaps.map((gap, index) => gap + (made.code[index] ?? "")).join("");
      expect(isCode(typed, made)).toBe(true);
    }),
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 64, unit: "binary" }), (typed) => {
      fc.pre(typed.replaceAll(/[^\d]/g, "") !== made.code);
      expect(isCode(typed, made)).toBe(false);
    }),
  );
});
