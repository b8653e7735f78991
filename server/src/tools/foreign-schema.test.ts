import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { complaintAbout, foreignSchema } from "./foreign-schema.js";

const WORDS = [
  ...["type", "properties", "required", "items", "prefixItems", "enum", "const", "anyOf", "oneOf"],
  ...["allOf", "not", "if", "then", "else", "minimum", "multipleOf", "maxLength", "minItems"],
  ...["contains", "minContains", "additionalProperties", "unevaluatedProperties", "propertyNames"],
  ...["dependentRequired", "dependentSchemas", "format", "default", "nullable", "discriminator"],
  ...["$ref", "$id", "$async", "$anchor", "$dynamicRef", "id", "pattern", "patternProperties"],
  ...["uniqueItems", "description", "definitions", "dependencies", "__proto__", "constructor"],
];
const { schema: anySchema } = fc.letrec<{ schema: unknown; value: unknown }>((tie) => ({
  schema: fc.dictionary(fc.constantFrom(...WORDS), tie("value"), { maxKeys: 4 }),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(
      "object",
      "string",
      "array",
      0,
      1,
      2.5,
      -1,
      true,
      false,
      null,
      "#",
      "(",
    ),
    tie("schema"),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
}));
const schemas = anySchema.map((schema) => ({ ...(schema as object), type: "object" }));

describe("a schema without complaints", () => {
  it("compiles, and every check of it ends in a yes or in words", async () => {
    await fc.assert(
      fc.asyncProperty(schemas, fc.jsonValue({ maxDepth: 4 }), async (schema, value) => {
        if (complaintAbout(schema) !== null) return;
        const strict = { strict: false, validateFormats: false, logger: false } as const;
        expect(() => new Ajv2020(strict).compile(schema)).not.toThrow();
        const checked = await foreignSchema(schema).check(value);
        if (!checked.ok) expect(checked.problems).not.toBe("The arguments could not be checked.");
        else expect(typeof value).toBe("object");
      }),
      { numRuns: 100 },
    );
  });

  it("may have arguments that are called as refused words are", () => {
    const names = ["pattern", "id", "$ref", "uniqueItems", "enum", "properties"];
    const properties = Object.fromEntries(names.map((name) => [name, { type: "string" }]));
    expect(complaintAbout({ type: "object", properties })).toBeNull();
    const inside = { properties: { pattern: "(a+)+" } };
    expect(complaintAbout({ type: "object", properties: inside })).toBe("must not use pattern");
  });

  it("is told to the model as it is, and checks what the model writes", async () => {
    const properties = { path: { type: "string" } };
    const schema = { type: "object", properties, additionalProperties: false };
    const $schema = "https://json-schema.org/draft/2020-12/schema";
    expect(complaintAbout({ $schema, ...schema })).toBeNull();
    const { jsonSchema, check } = foreignSchema({ $schema, ...schema });
    expect(jsonSchema).toEqual(schema);
    expect(await check({ path: "/" })).toEqual({ ok: true, value: { path: "/" } });
    for (const wrong of [null, [], "x", 7, { path: 7 }, { other: 1 }]) {
      expect((await check(wrong)).ok).toBe(false);
    }
    expect(await check({ path: "x".repeat(16_000) })).toMatchObject({
      problems: "The arguments must take at most 16000 characters.",
    });
  });

  it("says no by its first problem, however many there are", async () => {
    const allOf = Array.from({ length: 400 }, () => ({ type: "string" }));
    const schema = { type: "object", properties: { a: { type: "array", items: { allOf } } } };
    expect(complaintAbout(schema)).toBeNull();
    const checked = await foreignSchema(schema).check({
      a: Array.from({ length: 7_000 }, () => 1),
    });
    expect(checked).toMatchObject({ ok: false, problems: "arguments/a/0 must be string" });
  });
});
