import * as fc from "fast-check";
import { expect, test } from "vitest";
import { WholeCharacters } from "./whole-characters.js";

test("text cut at any UTF-16 unit comes out the same, and well-formed in every piece", () => {
  const unit = fc.oneof(
    fc.integer({ min: 0x61, max: 0x7a }),
    fc.integer({ min: 0xd800, max: 0xdbff }),
    fc.integer({ min: 0xdc00, max: 0xdfff }),
  );
  const text = fc.array(unit).map((units) => String.fromCharCode(...units));
  fc.assert(
    fc.property(text, fc.array(fc.nat()), (whole, cuts) => {
      const points = cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b);
      const characters = new WholeCharacters();
      const shown = [0, ...points].map((from, at) =>
        characters.take(whole.slice(from, points[at])),
      );
      expect(shown.every((piece) => piece.isWellFormed())).toBe(true);
      expect(shown.join("") + characters.rest()).toBe(whole.toWellFormed());
    }),
  );
});

test("a half without its rest is a replacement character, once", () => {
  const characters = new WholeCharacters();
  expect([characters.take("a\ud83d"), characters.take("b"), characters.take("\udc00")]).toEqual([
    "a",
    "\ufffdb",
    "\ufffd",
  ]);
  expect([characters.take("\ud83d"), characters.rest(), characters.rest()]).toEqual([
    "",
    "\ufffd",
    "",
  ]);
});
