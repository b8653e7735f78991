import { describe, expect, test } from "vitest";
import { decodeFrame } from "./frame.js";

const TOO_DEEP = { ok: false, message: "A frame may be nested at most 16 levels deep." };
const NO_JSON = { ok: false, message: "A frame must be valid JSON." };
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

describe("decodeFrame", () => {
  test("takes sixteen levels and not seventeen, of lists and of objects", () => {
    expect(decodeFrame(nested(16)).ok).toBe(true);
    expect(decodeFrame(nested(17))).toEqual(TOO_DEEP);
    const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    expect(decodeFrame(objects(16)).ok).toBe(true);
    expect(decodeFrame(objects(17))).toEqual(TOO_DEEP);
    expect(decodeFrame(`[${'{"a":['.repeat(8)}${"]}".repeat(8)}]`)).toEqual(TOO_DEEP);
  });

  test.each([nested(32_000), "[".repeat(65_000), '{"a":'.repeat(13_000)])(
    "gives up on a frame that is nested without end",
    (text) => {
      expect(decodeFrame(text)).toEqual(TOO_DEEP);
    },
  );

  test("brackets inside of strings are no levels, however they are escaped", () => {
    const texts = ["[".repeat(100), '"[{'.repeat(50), "\\".repeat(99) + "[".repeat(40), '\\"[[[[']; // prettier
    for (const text of texts) {
      const frame = JSON.stringify({ [text]: [text] });
      expect(decodeFrame(frame)).toEqual({ ok: true, value: { [text]: [text] } });
    }
  });

  test.each([
    "",
    " ",
    "{",
    "[1,]",
    "{'a':1}",
    "undefined",
    "NaN",
    '"\u0001"',
    "]".repeat(20) + nested(20),
    '"',
  ])("%j is no JSON", (text) => {
    expect(decodeFrame(text)).toEqual(NO_JSON);
  });

  test.each([
    ["1", 1],
    ["null", null],
    [' {"a" : [ ] } ', { a: [] }],
    ['"\\ud800"', "\ud800"],
    ['{"a":1,"a":2}', { a: 2 }],
  ])("%s is JSON; what it may be is for others to say", (text, value) => {
    expect(decodeFrame(text)).toEqual({ ok: true, value });
  });

  test("a key named __proto__ is a key", () => {
    const decoded = decodeFrame('{"__proto__":{"admin":true}}');
    if (!decoded.ok) throw new Error(decoded.message);
    expect((decoded.value as { admin?: true }).admin).toBeUndefined();
  });
});
