import { describe, expect, test } from "vitest";
import { z } from "zod";
import { argumentInput } from "./argument-input.js";
import { argumentSchema } from "./argument-schema.js";
import { readyTool } from "./toolbox.js";

const long = "x".repeat(201);

describe("how an argument is changed by hand", () => {
  test.each<[string, z.ZodType, unknown, Record<string, unknown> | null]>([
    ["a text", z.string(), "a", { type: "text" }],
    ["a long text", z.string(), long, { type: "multiline" }],
    ["a text of two lines", z.string(), "a\nb", { type: "multiline" }],
    ["a text with room", z.string().max(201), "a", { type: "multiline", maxLength: 201 }],
    ["a short text", z.string().max(200), "a", { type: "text", maxLength: 200 }],
    ["an address", z.email(), "a@b.c", { type: "text" }],
    ["a number", z.number().min(0.5).max(9), 1, { type: "number", minimum: 0.5, maximum: 9 }],
    ["a positive number", z.number().positive(), 1, { type: "number" }],
    ["a whole number", z.int(), 1, { type: "integer" }],
    [
      "a positive whole number",
      z.int().positive().lt(5),
      1,
      { type: "integer", minimum: 1, maximum: 4 },
    ],
    ["a flag", z.boolean(), true, { type: "boolean" }],
    ["a choice", z.enum(["a", "b"]), "a", { type: "select", options: ["a", "b"] }],
    [
      "a choice of words",
      z.union([z.literal("a"), z.literal("b")]),
      "a",
      { type: "select", options: ["a", "b"] },
    ],
    ["a text or none", z.string().nullable(), null, { type: "text" }],
    [
      "a choice or none",
      z.enum(["a", "b"]).nullable(),
      null,
      { type: "select", options: ["a", "b"] },
    ],
    ["a choice of numbers", z.literal([1, 2]), 1, null],
    ["an object", z.object({}), {}, null],
    ["a list", z.array(z.string()), [], null],
    ["a text or a number", z.union([z.string(), z.number()]), 1, null],
    ["anything", z.unknown(), 1, null],
  ])("%s", (_, part, value, expected) => {
    const { jsonSchema } = argumentSchema(z.object({ given_to: part }));
    const base = { argument: "given_to", label: "Given to", required: true };
    const isOpen = part.safeParse(undefined).success;
    expect(argumentInput(jsonSchema, "given_to", value)).toEqual(
      expected && { ...base, required: !isOpen, ...expected },
    );
  });

  test("is called as its schema says, and need not be given when the schema says so", () => {
    const schema = z.object({ n: z.number().default(1).meta({ title: "How many" }) });
    expect(argumentInput(argumentSchema(schema).jsonSchema, "n")).toEqual({
      argument: "n",
      label: "How many",
      type: "number",
      required: false,
    });
  });

  test("is nothing for one that there is not, whatever it is called", () => {
    const { jsonSchema } = argumentSchema({ type: "object" });
    for (const name of ["n", "__proto__", "constructor", "toString"]) {
      expect(argumentInput(jsonSchema, name)).toBeNull();
    }
  });
});

test("a tool is not ready when it calls editable what cannot be changed by hand", () => {
  const parameters = z.object({ n: z.number(), lines: z.array(z.string()) });
  const tool = { name: "a", description: "d", parameters, execute: () => "" };
  expect(readyTool({ ...tool, editable: ["n"] }, [])).toMatchObject({ gated: false });
  for (const name of ["lines", "amount", "constructor"]) {
    expect(() => readyTool({ ...tool, editable: [name] }, [])).toThrow(`editable: ${name} is no`);
  }
});

test("what steps up is for verified visitors, and what is of high risk asks", () => {
  const tool = { name: "a", description: "d", execute: () => "" };
  const risky = readyTool({ ...tool, risk: "high", stepUp: true }, []);
  expect(risky).toMatchObject({ gated: true, alwaysAsks: false, authLevel: "end_user" });
  const strict = readyTool({ ...tool, risk: "high", stepUp: true, authLevel: "admin" }, ["a"]);
  expect(strict).toMatchObject({ alwaysAsks: true, authLevel: "admin" });
});
