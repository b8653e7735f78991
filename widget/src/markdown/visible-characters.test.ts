import fc from "fast-check";
import { expect, test } from "vitest";
import { visibleCharacters } from "./visible-characters.js";

test.each([
  ["a\u202Eb", "a⟨U+202E⟩b"],
  ["a\u200Bb", "a⟨U+200B⟩b"],
  ["a\u0000b\u001B", "a⟨U+0000⟩b⟨U+001B⟩"],
  ["\uFEFFa\u00AD", "⟨U+FEFF⟩a⟨U+00AD⟩"],
  ["\u{E0041}", "⟨U+E0041⟩"],
  ["\uD800x", "⟨U+D800⟩x"],
  ["a\u200Db", "a⟨U+200D⟩b"],
])("%j", (text, visible) => {
  expect(visibleCharacters(text)).toBe(visible);
});

test.each(["Line\nand\ttab", "👩‍👩‍👧 👍🏽 ❤️‍🔥", "مرحبا שלום 漢字 é", "€ 89.00"])("%j stays", (text) => {
  expect(visibleCharacters(text)).toBe(text);
});

test("nothing that reorders or hides text is left", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(visibleCharacters(text)).not.toMatch(
        /[\u202A-\u202E\u2066-\u2069\u200B\u200E\u200F\uFEFF]/,
      );
    }),
  );
});
