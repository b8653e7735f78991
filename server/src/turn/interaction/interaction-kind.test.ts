import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { InteractionKind } from "./interaction-kind.js";
import { kindCases } from "./interaction-kind.fixture.js";
import { interactionKind, line } from "./interaction-kind.js";
import { INTERACTION_KINDS } from "./interaction-kinds.js";

// What every kind of form must do; a new one is a file, a line in the list, and a case of its own.

const isPlainJson = (value: unknown) =>
  expect(JSON.parse(JSON.stringify(value)) as unknown).toStrictEqual(value);

async function specOf(kind: InteractionKind, args: unknown) {
  const checked = await kind.schema.check(args);
  if (!checked.ok) throw new Error(checked.problems);
  return kind.ask(checked.value).spec;
}

const told = (checked: ReturnType<InteractionKind["validate"]>) =>
  "errors" in checked
    ? checked.errors.map(({ field, message }) => `${field}: ${message}`)
    : checked.values;

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Any JSON, with keys that a form knows and some that an object has by itself. */
const hostile = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "binary" }),
    fc.constantFrom<unknown>(null, 7, true, "Size", "S", "2028-02-29", "a@B.co", "+4930123456"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom(
        ...["name", "email", "phone", "answers", "header", "options", "other", "date", "time"],
        ...["__proto__", "constructor", "toString", "length"],
      ),
      tie("value"),
    ),
  ),
})).value;

describe.each(INTERACTION_KINDS)("the kind $kind", (kind) => {
  const { asks, badAsks, valid, invalid } = kindCases[kind.kind] ?? {};
  const firstSpec = () => specOf(kind, asks?.[0]?.[0]);

  it("says what it is for: to the model, to the visitor, and to a model that asks in prose", () => {
    for (const text of [kind.kind, kind.capability, kind.tool])
      expect(text).toMatch(/^[a-z_]{3,}$/);
    expect(kind.tool).toMatch(/^request_/);
    for (const text of [kind.title, kind.description, kind.valuesShape]) {
      expect(text.length).toBeGreaterThan(5);
    }
  });

  it("describes its arguments as a JSON Schema of an object, in plain JSON", () => {
    const { jsonSchema } = kind.schema;
    expect(jsonSchema).toMatchObject({ type: "object", additionalProperties: false });
    expect(Object.keys(jsonSchema["properties"] as object)).toContain("reason");
    isPlainJson(jsonSchema);
  });

  it.each(asks ?? [])("asks with %j", async (args, expected) => {
    const spec = await specOf(kind, args);
    expect(spec).toStrictEqual(expected);
    isPlainJson(spec);
  });

  it.each(badAsks ?? [])("does not ask with %j", async (args) => {
    expect(await kind.schema.check(args)).toMatchObject({ ok: false });
  });

  it("has a reason by itself, and shows one line of another", async () => {
    const args = asks?.[0]?.[0] as Record<string, unknown>;
    for (const [given, shown] of [
      [undefined, "to help you better"],
      [" \u200b", "to help you better"],
      ["to\nship", "to ship"],
    ]) {
      const checked = await kind.schema.check(
        given === undefined ? args : { ...args, reason: given },
      );
      if (!checked.ok) throw new Error(checked.problems);
      expect(kind.ask(checked.value).reason).toBe(shown);
    }
  });

  it.each(valid ?? [])("takes %j", async (given, canonical) => {
    const spec = await firstSpec();
    const checked = kind.validate(given, spec);
    expect(told(checked)).toStrictEqual(canonical);
    expect(told(kind.validate(canonical, spec)), "a fixed point").toStrictEqual(canonical);
  });

  it.each(invalid ?? [])("names all that is wrong with %j", async (given, errors) => {
    expect(told(kind.validate(given, await firstSpec()))).toEqual(errors);
  });

  it("throws at nothing, and what it takes is bounded, plain, and stays as it is", async () => {
    const specs = await Promise.all((asks ?? []).map(([args]) => specOf(kind, args)));
    const given = fc.dictionary(
      fc.constantFrom("name", "email", "phone", "answers", "date", "time", "__proto__"),
      hostile,
    );
    fc.assert(
      fc.property(given, fc.constantFrom(...specs), (values, spec) => {
        const checked = kind.validate(values, spec);
        if ("errors" in checked) {
          expect(checked.errors.length).toBeGreaterThan(0);
          expect(JSON.stringify(checked.errors).length).toBeLessThan(20_000);
          return;
        }
        isPlainJson(checked.values);
        const text = JSON.stringify(checked.values);
        expect(text.length).toBeLessThan(6_000);
        for (const said of textsIn(checked.values)) {
          expect(said.isWellFormed() && !/[\p{Cc}\u202a-\u202e\u200b]/u.test(said)).toBe(true);
        }
        expect(told(kind.validate(checked.values, spec))).toStrictEqual(checked.values);
      }),
      { numRuns: 500 },
    );
  });
});

it("every kind has a name, a tool and a case of its own", () => {
  for (const names of [
    INTERACTION_KINDS.map(({ kind }) => kind),
    INTERACTION_KINDS.map(({ tool }) => tool),
    INTERACTION_KINDS.map(({ capability }) => capability),
  ]) {
    expect(new Set(names).size).toBe(names.length);
  }
  expect(Object.keys(kindCases).sort()).toEqual(INTERACTION_KINDS.map(({ kind }) => kind).sort());
});

it("asks for nothing that no identity is: all left out is an error of the whole", () => {
  const [identity] = INTERACTION_KINDS;
  const spec = { fields: [{ key: "phone", required: false }] };
  const checked = identity?.validate({ name: "Ada", phone: " " }, spec);
  expect(checked).toEqual({ errors: [{ field: "values", message: "this field is required" }] });
});

it("a new kind is one definition", async () => {
  const rating = interactionKind({
    kind: "rating",
    capability: "rating_stars",
    tool: "request_rating",
    title: "Ask for a rating",
    description: "Asks the visitor for stars.",
    valuesShape: '{"stars": 1 to 5}',
    fields: { prompt: line(100) },
    spec: z.object({ prompt: z.string(), most: z.number() }),
    specOf: ({ prompt }) => ({ prompt, most: 5 }),
    valuesOf(values, { most }) {
      const { stars } = values;
      const isValid = typeof stars === "number" && stars >= 1 && stars <= most;
      const errors = isValid ? [] : [{ field: "stars", message: `must be 1 to ${most}` }];
      return { values: { stars }, errors };
    },
  });
  const spec = await specOf(rating, { prompt: "How was it?" });
  expect(spec).toEqual({ prompt: "How was it?", most: 5 });
  expect(told(rating.validate({ stars: 4 }, spec))).toEqual({ stars: 4 });
  expect(told(rating.validate({ stars: 6 }, spec))).toEqual(["stars: must be 1 to 5"]);
});
