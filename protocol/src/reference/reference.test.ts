import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { actionSchemas, parseAction } from "../action.js";
import { eventSchemas } from "../event.js";
import { responseData } from "../events/immediate-response.js";
import { actionExamples, answerExamples, eventExamples } from "./examples.js";
import { protocolJsonSchema } from "./json-schema.js";
import { referencePage } from "./page.js";

const committed = (name: string) =>
  readFileSync(new URL(`../../reference/${name}`, import.meta.url), "utf8");
const schemaText = () => `${JSON.stringify(protocolJsonSchema(), null, 2)}\n`;

describe("the committed reference is what the schemas say", () => {
  it("protocol.schema.json", () => {
    expect(committed("protocol.schema.json")).toBe(schemaText());
  });

  it("protocol.md", () => {
    expect(committed("protocol.md")).toBe(referencePage());
  });
});

describe("every example is a frame of its kind", () => {
  it.each(Object.entries(actionExamples))("action %s", (name, examples) => {
    for (const example of examples) {
      expect(parseAction(example)).toMatchObject({ ok: true, action: example });
      expect(example.action).toBe(name);
    }
  });

  it.each(Object.entries(eventExamples))("event %s", (name, examples) => {
    const schema = Object.entries(eventSchemas).find(([type]) => type === name)?.[1];
    for (const example of examples) {
      // Strict equality: a field the schema does not know would be stripped.
      expect(schema?.parse(example)).toStrictEqual(example);
      expect(example.type).toBe(name);
    }
  });

  it.each(Object.entries(responseData))("answer to %s", (name, schema) => {
    const example = Object.entries(answerExamples).find(([action]) => action === name)?.[1];
    expect(schema.parse(example?.data)).toStrictEqual(example?.data);
    expect(eventSchemas.immediate_response.parse(example)).toStrictEqual(example);
  });
});

describe("the JSON Schema", () => {
  const schema = protocolJsonSchema();
  const of = (name: string) => {
    const definition = schema.$defs?.[name];
    if (typeof definition !== "object") throw new Error(`no definition of ${name}`);
    return z.fromJSONSchema(definition);
  };

  it("defines every action and event and the union of each", () => {
    const names = [...Object.keys(actionSchemas), ...Object.keys(eventSchemas)];
    expect(Object.keys(schema.$defs ?? {})).toEqual(
      expect.arrayContaining(["Action", "Event", ...names]),
    );
  });

  it.each([...Object.entries(actionExamples), ...Object.entries(eventExamples)])(
    "accepts the examples of %s and ignores unknown fields",
    (name, examples) => {
      for (const example of examples) {
        expect(of(name).safeParse({ ...example, unknownField: 1 }).success).toBe(true);
      }
    },
  );

  it.each(Object.entries(actionExamples))("refuses %s under another name", (name, [example]) => {
    expect(of(name).safeParse({ ...example, action: "other" }).success).toBe(false);
  });

  it("keeps the bounds of fields", () => {
    const send = of("send_message");
    const [example] = actionExamples.send_message;
    expect(send.safeParse({ ...example, message: "x".repeat(10_001) }).success).toBe(false);
    expect(send.safeParse({ ...example, message: " \n" }).success).toBe(false);
    expect(send.safeParse({ ...example, sessionId: "x".repeat(257) }).success).toBe(false);
  });
});
