import type { Confirmation, ConfirmationField } from "@smooth-agent/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { argumentChanges, editsOf, shownChanges } from "./argument-change.js";
import { callWith } from "./turn.fixture.js";

const field = (label: string, value: string) => ({ label, value });

function shown(fields: ConfirmationField[], args: Record<string, unknown>): Confirmation {
  const texts = { toolId: "t", toolName: "t", title: "t", summary: "s", actionDescription: "s" };
  const inputs: Confirmation["inputs"] = [
    { argument: "amount", label: "Sum", type: "number", required: true },
  ];
  const arguments_ = { arguments: args, risk: "low", expiresAt: 1 } as const;
  return { ...texts, toolCallId: "call", fields, inputs, ...arguments_ };
}

function edited(before: Confirmation, after: Confirmation) {
  const originalConfirmation = JSON.stringify(before);
  return callWith({ originalConfirmation, confirmation: JSON.stringify(after) });
}

describe("what was changed, as it was shown,", () => {
  test("is by label; of several with one label, by their order", () => {
    const before = [field("Order", "1"), field("Item", "a"), field("Item", "b"), field("Old", "x")];
    const after = [field("Item", "a"), field("Order", "1"), field("Item", "c"), field("New", "y")];
    expect(shownChanges(edited(shown(before, {}), shown(after, {})))).toEqual([
      { label: "Item", from: "b", to: "c" },
      { label: "Old", from: "x", to: "" },
      { label: "New", from: "", to: "y" },
    ]);
  });

  test("is by argument where no field differs", () => {
    const before = shown([], { amount: 50, note: "a", list: [1], gone: true });
    const after = shown([], { amount: 20, note: "a", list: [1, 2], isNew: null });
    expect(shownChanges(edited(before, after))).toEqual([
      { label: "Sum", from: "50", to: "20" },
      { label: "List", from: "[1]", to: "[1,2]" },
      { label: "Gone", from: "true", to: "" },
      { label: "Is new", from: "", to: "null" },
    ]);
  });

  test("is nothing of a call that nobody changed", () => {
    const confirmation = JSON.stringify(shown([field("a", "b")], { a: 1 }));
    for (const call of [callWith(), callWith({ confirmation })]) {
      expect(shownChanges(call)).toBeUndefined();
      expect(editsOf(call)).toEqual([]);
    }
  });
});

test("two objects differ in exactly the arguments that are not equal as JSON", () => {
  const json = fc.dictionary(fc.constantFrom("a", "b", "c", "toString"), fc.jsonValue(), {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(json, json, (one, other) => {
      const names = argumentChanges(one, other).map(({ name }) => name);
      for (const name of ["a", "b", "c", "toString"]) {
        const text = (of: Record<string, unknown>) =>
          Object.hasOwn(of, name) ? canonical(of[name]) : "absent";
        expect(names.includes(name)).toBe(text(one) !== text(other));
      }
    }),
  );
});

/** JSON text with the keys of every object in order. */
function canonical(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join()}}`;
}
