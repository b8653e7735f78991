import fc from "fast-check";
import { expect, it } from "vitest";
import { plainLine } from "./plain-line.js";

it.each([
  ["  one\r\n\ttwo\u2028three\u0085four ", "one two three four"],
  ["a\u0000\u0007\u001Bb", "ab"],
  ["\u202Eevil\u2066 \u200B\u200E\uFEFFx", "evil x"],
  ["tag\u{E0041}\u{E007F}ged", "tagged"],
  ["👩‍👩‍👧 مرحبا नमस्ते", "👩‍👩‍👧 مرحبا नमस्ते"],
  ["half \uD83D", "half \uFFFD"],
  ["", ""],
])("of %j is %j", (text, line) => {
  expect(plainLine(text)).toBe(line);
});

it("is one line that every database keeps, and is its own plain line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const line = plainLine(text);
      expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E]/u);
      expect(line.isWellFormed()).toBe(true);
      expect(plainLine(line)).toBe(line);
    }),
  );
});

it("grows with the text it is of, so that it can be told piece by piece", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (first, rest) => {
      expect(plainLine(first + rest).startsWith(plainLine(first))).toBe(true);
    }),
  );
});
