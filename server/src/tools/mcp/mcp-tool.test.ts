import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mcpTool } from "./mcp-tool.js";
import { mcpToolName } from "./mcp-tool-name.js";

describe("the name of a server's tool", () => {
  test.each([
    ["books", "search", "books_search"],
    ["a-b", "C_d-9", "a-b_C_d-9"],
  ])("is that of %s and %s", (server, tool, name) => {
    expect(mcpToolName(server, tool)).toBe(name);
  });

  test("always fits, and is another's only by chance", () => {
    const name = fc.oneof(
      fc.string({ maxLength: 90, unit: "binary" }),
      fc.stringMatching(/^[\w./-]{1,90}$/),
    );
    fc.assert(
      fc.property(name, name, (one, other) => {
        const [first, second] = [mcpToolName("s", one), mcpToolName("s", other)];
        expect(first).toMatch(/^[\w-]{1,64}$/);
        expect(first === second).toBe(one === other);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a server's tool", () => {
  const listed = { name: "wipe", inputSchema: { type: "object" as const } };
  const made = (over: object = {}, settings: object = {}, confirmTools: string[] = []) =>
    mcpTool(
      { name: "books", settings: { url: "http://x", ...settings }, confirmTools },
      { ...listed, ...over },
      async () => ({ content: [] }),
    );

  test.each([
    [true, {}, []],
    [true, { readOnly: ["search"] }, []],
    [true, { readOnly: ["books_wipe"] }, []],
    [false, { readOnly: ["wipe"] }, []],
    [false, { readOnly: ["w*"] }, []],
    [true, { readOnly: ["*"] }, ["books_*"]],
  ])("asks first: %s, with %j and confirmTools %j", (gated, settings, confirmTools) => {
    expect(made({}, settings, confirmTools).gated).toBe(gated);
  });

  test("is made to ask by what its server says, and never spared it", () => {
    const annotations = (one: object) => ({ annotations: one });
    expect(made(annotations({ readOnlyHint: true })).gated).toBe(true);
    expect(made(annotations({ destructiveHint: false })).gated).toBe(true);
    expect(made(annotations({ idempotentHint: true })).definition.idempotent).toBe(false);
    expect(made(annotations({ destructiveHint: true }), { readOnly: ["*"] }).gated).toBe(true);
  });

  test("is shown on one line of visible characters", () => {
    const { title, definition } = made({ title: `Wipe\n\u202Eall\0 ${"x".repeat(500)}` });
    expect(title).toMatch(/^Wipe all x{91}$/);
    expect(definition.description).toBe(title);
  });

  test.each([
    ["none of an object", { type: "string" }],
    ["too big", { type: "object", description: "x".repeat(70_000) }],
    ["too deep", { type: "object", not: JSON.parse("[".repeat(90) + "]".repeat(90)) as unknown }],
    ["broken", { type: "object", properties: { a: { type: "nonsense" } } }],
    ["elsewhere", { type: "object", $ref: "https://example.com/schema" }],
  ])("is none when its schema is %s", (_, inputSchema) => {
    expect(() => made({ inputSchema })).toThrow(/parameters|schema|reference|resolve/i);
  });
});
