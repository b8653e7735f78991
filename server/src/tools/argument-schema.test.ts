import { describe, expect, test } from "vitest";
import { z } from "zod";
import { argumentSchema } from "./argument-schema.js";
import { foreignSchema } from "./foreign-schema.js";
import type { ToolDefinition } from "./tool.js";

const HOSTILE = [
  null,
  undefined,
  true,
  0,
  "",
  "{}",
  [],
  [{}],
  [[["deep"]]],
  JSON.parse('{"__proto__":{"polluted":true}}') as unknown,
  JSON.parse('{"constructor":{"prototype":{"polluted":true}}}') as unknown,
  JSON.parse('{"toString":null,"hasOwnProperty":1,"length":-1}') as unknown,
  { orderId: { $gt: "" } },
  { orderId: ["1"] },
  { orderId: 1 },
];

describe("a zod schema", () => {
  const schema = argumentSchema(
    z.object({ orderId: z.string().min(1), note: z.string().default("none") }),
  );

  test("is described for the model as what it may write", () => {
    expect(schema.jsonSchema).toMatchObject({ type: "object", required: ["orderId"] });
    expect(schema.jsonSchema).not.toHaveProperty("$schema");
  });

  test("fills defaults in and leaves out what it does not know", async () => {
    const checked = await schema.check({ orderId: "1", amount: 99 });
    expect(checked).toEqual({ ok: true, value: { orderId: "1", note: "none" } });
  });

  test("hands on what it transformed, and awaits what it refines", async () => {
    const amount = z.string().transform(Number);
    const known = z.string().refine(async (id) => id === "1", { error: "no such order" });
    const async = argumentSchema(z.object({ amount, orderId: known }));
    expect(await async.check({ amount: "20", orderId: "1" })).toEqual({
      ok: true,
      value: { amount: 20, orderId: "1" },
    });
    const refused = await async.check({ amount: "20", orderId: "2" });
    expect(refused).toMatchObject({
      ok: false,
      problems: expect.stringContaining("no such order"),
    });
  });

  test.each(HOSTILE)("refuses %j in words for the model", async (value) => {
    const checked = await schema.check(value);
    expect(checked).toMatchObject({ ok: false, problems: expect.stringMatching(/\S/) });
  });

  test("whose refinement throws refuses, and does not throw", async () => {
    const throwing = z.object({ a: z.string().refine(() => fail("the host's database is down")) });
    expect(await argumentSchema(throwing).check({ a: "x" })).toEqual({
      ok: false,
      problems: "The arguments could not be checked.",
    });
    const rejecting = z.object({ a: z.string().refine(async () => fail("gone")) });
    expect(await argumentSchema(rejecting).check({ a: "x" })).toMatchObject({ ok: false });
  });

  test("that is recursive refuses what is too deep, and does not throw", async () => {
    interface Node {
      next?: Node | undefined;
    }
    const node: z.ZodType<Node> = z.object({
      get next() {
        return node.optional();
      },
    });
    const deep = JSON.parse(`${'{"next":'.repeat(30_000)}{}${"}".repeat(30_000)}`) as unknown;
    const schema = argumentSchema(node as unknown as ToolDefinition["parameters"]);
    expect(await schema.check(deep)).toMatchObject({ ok: false });
    expect(await schema.check({ next: { next: {} } })).toMatchObject({ ok: true });
  });

  test.each<[string, z.ZodType, string]>([
    ["text", z.string(), "parameters must be a zod object"],
    ["a list", z.array(z.string()), "parameters must be a zod object"],
    [
      "a choice",
      z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]),
      "parameters must be a zod object",
    ],
    ["a date", z.object({ at: z.date() }), "Date cannot be represented"],
  ])("of %s is no tool's parameters", (_, schema, said) => {
    expect(() => argumentSchema(schema as ToolDefinition["parameters"])).toThrow(said);
  });
});

describe("a JSON Schema", () => {
  const properties = { orderId: { type: "string", minLength: 1 }, lines: { type: "array" } };
  const object = { type: "object", properties, required: ["orderId"], additionalProperties: false };

  test.each([
    undefined,
    "https://json-schema.org/draft/2020-12/schema",
    "http://json-schema.org/draft-07/schema#",
    "http://json-schema.org/draft-07/schema",
  ])("under %s checks and is sent on without that line", async ($schema) => {
    const schema = argumentSchema($schema === undefined ? object : { $schema, ...object });
    expect(schema.jsonSchema).toEqual(object);
    expect(await schema.check({ orderId: "1" })).toEqual({ ok: true, value: { orderId: "1" } });
    const refused = await schema.check({ lines: 1, more: 2 });
    if (refused.ok) throw new Error("it was accepted");
    for (const word of ["orderId", "lines", "additional"]) expect(refused.problems).toContain(word);
  });

  test("of draft-07 may have definitions, of 2020-12 tuples and $defs", async () => {
    const id = { type: "string", pattern: "^\\d+$" };
    for (const schema of [
      { definitions: { id }, type: "object", properties: { a: { $ref: "#/definitions/id" } } },
      { $defs: { id }, type: "object", properties: { a: { $ref: "#/$defs/id" } } },
      { type: "object", properties: { a: { prefixItems: [id] } } },
    ]) {
      const { check } = argumentSchema(schema);
      const isTuple = "prefixItems" in schema.properties.a;
      expect(await check({ a: isTuple ? ["1"] : "1" })).toMatchObject({ ok: true });
      expect(await check({ a: isTuple ? ["x"] : "x" })).toMatchObject({ ok: false });
    }
  });

  test.each(HOSTILE)("refuses %j", async (value) => {
    expect(await argumentSchema(object).check(value)).toMatchObject({ ok: false });
  });

  test.each([Infinity, -Infinity, NaN])("takes %d for no number", async (amount) => {
    const number = { type: "number" } as const;
    const parameters = { type: "object", properties: { amount: number } };
    expect((await argumentSchema(parameters).check({ amount })).ok).toBe(false);
    expect((await foreignSchema(parameters).check({ amount })).ok).toBe(false);
  });

  test("neither changes what it checks nor fills it in", async () => {
    const filling = { type: "object", properties: { a: { type: "number", default: 1 } } };
    const value = Object.freeze({ b: 1 });
    expect(await argumentSchema(filling).check(value)).toEqual({ ok: true, value: { b: 1 } });
    expect(await argumentSchema(filling).check({ a: "1" })).toMatchObject({ ok: false });
  });

  test("that is recursive refuses what is too deep, and does not throw", async () => {
    const schema = argumentSchema({ type: "object", properties: { next: { $ref: "#" } } });
    const deep = JSON.parse(`${'{"next":'.repeat(30_000)}{}${"}".repeat(30_000)}`) as unknown;
    expect(await schema.check(deep)).toMatchObject({ ok: false });
  });

  test("says what is wrong within bounds", async () => {
    const schema = argumentSchema({
      type: "object",
      properties: { a: { type: "array", items: { type: "string" } } },
    });
    const refused = await schema.check({ a: Array.from({ length: 50_000 }, () => 1) });
    expect(refused.ok).toBe(false);
    expect(JSON.stringify(refused).length).toBeLessThan(10_000);
  });

  test.each<[string, ToolDefinition["parameters"], string]>([
    ["no type", { properties: {} }, "parameters must be"],
    ["another type", { type: "string" }, "parameters must be"],
    ["two types", { type: ["object", "null"] }, "parameters must be"],
    [
      "an unknown type",
      { type: "object", properties: { a: { type: "text" } } },
      "schema is invalid",
    ],
    [
      "a dangling reference",
      { type: "object", properties: { a: { $ref: "#/$defs/none" } } },
      "#/$defs/none",
    ],
    [
      "a broken pattern",
      { type: "object", properties: { a: { pattern: "(" } } },
      "regular expression",
    ],
    ["a promise for a yes", { $async: true, type: "object" }, "must not be an asynchronous"],
  ])("with %s is refused at once", (_, parameters, said) => {
    expect(() => argumentSchema(parameters)).toThrow(said);
  });
});

test("no parameters are an object without properties", async () => {
  const { jsonSchema, check } = argumentSchema(undefined);
  expect(jsonSchema).toEqual({ type: "object", properties: {} });
  expect(await check({})).toEqual({ ok: true, value: {} });
  expect(await check(null)).toMatchObject({ ok: false });
});

test("a key named __proto__ stays a key", async () => {
  const hostile = () => JSON.parse('{"__proto__":{"polluted":true},"a":1}') as unknown;
  for (const parameters of [
    { type: "object" },
    z.looseObject({ a: z.number() }),
    z.record(z.string(), z.unknown()),
    z.object({ a: z.number() }),
  ]) {
    const checked = await argumentSchema(parameters).check(hostile());
    if (!checked.ok) throw new Error(checked.problems);
    expect(Object.getPrototypeOf(checked.value)).toBe(Object.prototype);
    expect(checked.value["polluted"]).toBeUndefined();
  }
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

function fail(message: string): never {
  throw new Error(message);
}
