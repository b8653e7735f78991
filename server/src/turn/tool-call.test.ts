import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutText } from "./stored-text.js";
import { argumentsDigest, modelArguments, parseJson, shownResult } from "./tool-call.js";

const text = fc.string({ unit: fc.constantFrom("a", "é", "世", "👩", "‍", "🚀"), maxLength: 12 });

describe("cutText", () => {
  test("keeps a beginning as long as it may be, never half a pair", () => {
    fc.assert(
      fc.property(text, fc.nat(30), (text, length) => {
        const cut = cutText(text, length);
        expect(text.startsWith(cut)).toBe(true);
        expect(cut.isWellFormed()).toBe(true);
        expect(cut.length).toBeLessThanOrEqual(length);
        expect(cut.length).toBeGreaterThanOrEqual(Math.min(text.length, length) - 1);
      }),
    );
  });

  test.each([
    ["", 0, ""],
    ["abc", 3, "abc"],
    ["abc", 0, ""],
    ["🚀", 1, ""],
    ["a🚀", 2, "a"],
    ["a🚀b", 3, "a🚀"],
  ])("%j at %d is %j", (text, length, cut) => {
    expect(cutText(text, length)).toBe(cut);
  });
});

test("a result is shown to 2,000 code units", () => {
  expect(shownResult("x".repeat(2_000))).toHaveLength(2_000);
  expect(shownResult("x".repeat(2_001))).toHaveLength(2_000);
  const rockets = shownResult(`x${"🚀".repeat(1_500)}`);
  expect(rockets).toBe(`x${"🚀".repeat(999)}`);
});

test.each(['{"amount":1e400}', '{"a":[{"b":-1e309}]}'])(
  "%s holds what would be shown as null, and is no value",
  (text) => {
    expect(parseJson(text)).toBeUndefined();
  },
);

describe("the arguments of a call", () => {
  test.each([
    ['{"a":1}', { a: 1 }],
    ["{}", {}],
    ["", {}],
    ["null", {}],
    ["[1]", {}],
    ['"text"', {}],
    ['{"a":', {}],
    ["{'a':1}", {}],
  ])("%j are shown as %j", (text, shown) => {
    expect(modelArguments({ arguments: text })).toEqual(shown);
  });

  test("may be 64 levels deep and no deeper", () => {
    const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    expect(parseJson(deep(64))).toBeDefined();
    for (const levels of [65, 32_000]) {
      expect(parseJson(deep(levels))).toBeUndefined();
      expect(modelArguments({ arguments: deep(levels) })).toEqual({});
    }
  });

  test("that name a prototype have none of it", () => {
    const shown = modelArguments({ arguments: '{"__proto__":{"admin":true}}' });
    expect(Object.getPrototypeOf(shown)).toBe(Object.prototype);
    expect(shown["admin"]).toBeUndefined();
    expect(JSON.stringify(shown)).toBe('{"__proto__":{"admin":true}}');
  });

  test("are told apart by a digest of their text", () => {
    expect(argumentsDigest('{"a":1}')).toMatch(/^[\da-f]{64}$/);
    expect(argumentsDigest('{"a":1}')).not.toBe(argumentsDigest('{"a": 1}'));
    expect(argumentsDigest("")).toBe(argumentsDigest(""));
  });
});
