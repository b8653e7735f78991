import fc from "fast-check";
import { expect, test } from "vitest";
import { depthOf } from "./json-depth.js";

test("the depth of any JSON is what recursion finds", () => {
  const tricky = fc.string({
    unit: fc.constantFrom("[", "]", "{", "}", '"', "\\", "u", "é", "😀"),
  });
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 8, withCrossShrink: true },
      tricky,
      fc.constantFrom(null, true, -1.5e10),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(tricky, tie("value"), { maxKeys: 3 }),
    ),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom(0, 2), (value, indent) => {
      expect(depthOf(JSON.stringify(value, null, indent))).toBe(depthByRecursion(value));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["[".repeat(100_000), 100_000],
  ["[]".repeat(50_000), 1],
  [`"${"[".repeat(100)}`, 0],
  ["", 0],
])("text that is no JSON has a depth too", (text, depth) => {
  expect(depthOf(text)).toBe(depth);
});

function depthByRecursion(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthByRecursion));
}
