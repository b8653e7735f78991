import { describe, expect, test } from "vitest";
import { z } from "zod";
import { strictest } from "./auth-level.js";
import { defineTool, type ToolDefinition } from "./tool.js";
import { titleOf } from "./title.js";
import { toolbox, unmatchedPatterns } from "./toolbox.js";

const tool = (name: string, over: Partial<ToolDefinition> = {}): ToolDefinition => ({
  name,
  description: "does it",
  execute: () => "done",
  ...over,
});

describe("toolbox", () => {
  test("makes tools ready by name, title and gate", () => {
    const tools = toolbox(
      [
        tool("lookup_order"),
        tool("issue_refund", { confirm: true, title: "Refund" }),
        tool("cancel_order", { confirm: () => ({ title: "t", summary: "s" }) }),
        tool("pay_out", { approver: "team" }),
        tool("undelete_hint"),
        tool("delete"),
        tool("write_a"),
      ],
      ["delete", "write_*"],
    );
    expect([...tools].map(([name, { title, gated }]) => [name, title, gated])).toEqual([
      ["lookup_order", "Lookup order", false],
      ["issue_refund", "Refund", true],
      ["cancel_order", "Cancel order", true],
      ["pay_out", "Pay out", true],
      ["undelete_hint", "Undelete hint", false],
      ["delete", "Delete", true],
      ["write_a", "Write a", true],
    ]);
  });

  test("lists everything wrong at once", () => {
    const make = () =>
      toolbox([
        tool("a"),
        tool("a"),
        tool("b", { parameters: { type: "string" } }),
        tool("c", { parameters: { type: ["object"] } }),
        tool("fine"),
      ]);
    expect(make).toThrow(
      /two tools are named a\n.*b: parameters must be.*\n.*c: parameters must be/,
    );
  });

  test("no tools are no tools", () => {
    expect([...toolbox([])]).toEqual([]);
  });

  test("a name of the object's own is no tool", () => {
    const tools = toolbox([tool("constructor")]);
    expect(tools.get("constructor")?.title).toBe("Constructor");
    expect(tools.get("__proto__")).toBeUndefined();
    expect(tools.get("toString")).toBeUndefined();
  });

  test("a defined tool is the definition itself", () => {
    const parameters = z.object({ id: z.string() });
    const defined = defineTool({ ...tool("x"), parameters, execute: ({ id }) => id });
    expect(defined.parameters).toBe(parameters);
    expect(toolbox([defined]).get("x")?.definition).toBe(defined);
  });
});

test.each([
  ["issue_refund", "Issue refund"],
  ["issueRefund", "Issue refund"],
  ["lookup-order--now", "Lookup order now"],
  ["__x__", "X"],
  ["getV2Order", "Get v2 order"],
  ["", ""],
  ["_", ""],
])("%j is shown as %j", (name, title) => {
  expect(titleOf(name)).toBe(title);
});

test("patterns of confirmTools that mean no tool are named, for they are most likely slips", () => {
  const tool = { name: "issue_refund", description: "d", execute: () => "" };
  expect(unmatchedPatterns([tool], ["issue_*", "isue_*", "refund"])).toEqual(["isue_*", "refund"]);
});

test.each([
  [[], "none"],
  [[undefined], "none"],
  [["none", undefined, "end_user"], "end_user"],
  [["admin", "none"], "admin"],
  [["end_user", "admin"], "admin"],
] as const)("of the levels %j the strictest is %s", (levels, strict) => {
  expect(strictest(...levels)).toBe(strict);
});
