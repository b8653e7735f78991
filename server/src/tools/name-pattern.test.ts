import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchesName } from "./name-pattern.js";

describe("matchesName", () => {
  test.each([
    ["delete", "delete"],
    ["*", "anything"],
    ["*", ""],
    ["issue_*", "issue_refund"],
    ["issue_*", "issue_"],
    ["*_refund", "issue_refund"],
    ["*refund*", "do_refund_now"],
    ["a*b*c", "aXbYc"],
    ["**", "x"],
    ["a.b", "a.b"],
    ["a*", "a\nb"],
  ])("%j means %j", (pattern, name) => {
    expect(matchesName(pattern, name)).toBe(true);
  });

  test.each([
    ["delete", "undelete_hint"],
    ["delete", "delete_all"],
    ["delete", "undelete"],
    ["delete", "Delete"],
    ["delete", ""],
    ["", "x"],
    ["issue_*", "reissue_refund"],
    ["issue_*", "issue"],
    ["a.b", "aXb"],
    ["[ab]", "a"],
    ["(a|b)", "a"],
    ["a+", "aa"],
    ["a?", ""],
    ["^a$", "a"],
    ["\\w", "w"],
    ["a{2}", "aa"],
    ["a", "a\n"],
    ["\na", "a"],
    ["$&*", "x"],
  ])("%j does not mean %j", (pattern, name) => {
    expect(matchesName(pattern, name)).toBe(false);
  });

  test("agrees with a matcher that knows no regular expression", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "b", ".", "(", "\\", "$", "\n"),
      maxLength: 6,
    });
    const pattern = fc.array(fc.oneof(text, fc.constant("*")), { maxLength: 4 });
    fc.assert(
      fc.property(
        pattern.map((parts) => parts.join("")),
        text,
        (pattern, name) => {
          expect(matchesName(pattern, name)).toBe(matchesByHand(pattern, name));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("a name always means itself", () => {
    fc.assert(fc.property(fc.string(), (name) => matchesName(name, name)));
  });
});

test("a pattern of many stars costs no time", () => {
  const started = performance.now();
  expect(matchesName(`${"*a".repeat(99)}*b`, "a".repeat(64))).toBe(false);
  expect(matchesName("*a".repeat(64), "a".repeat(64))).toBe(true);
  expect(performance.now() - started).toBeLessThan(500);
});

function matchesByHand(pattern: string, name: string): boolean {
  if (pattern === "") return name === "";
  if (pattern[0] !== "*")
    return pattern[0] === name[0] && matchesByHand(pattern.slice(1), name.slice(1));
  return (
    matchesByHand(pattern.slice(1), name) || (name !== "" && matchesByHand(pattern, name.slice(1)))
  );
}
