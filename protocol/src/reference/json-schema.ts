import { z } from "zod";
import { actionSchemas } from "../action.js";
import { eventSchemas } from "../event.js";
import { responseData } from "../events/immediate-response.js";
import { actionDescriptions, eventDescriptions } from "./descriptions.js";

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The JSON Schema (draft 2020-12) of every frame: each is a definition, as is the union of each kind. */
export function protocolJsonSchema(): JsonSchema {
  const actions = Object.entries(actionSchemas).map(([name, schema]) =>
    definition(name, schema, describe(actionDescriptions, name)?.does),
  );
  const events = Object.entries(eventSchemas).map(([name, schema]) =>
    definition(name, schema, describe(eventDescriptions, name)),
  );
  const answers = Object.entries(responseData).map(([name, schema]) =>
    definition(`${name}.data`, schema, `\`data\` of the immediate_response to ${name}.`),
  );
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "smooth-agent protocol",
    description: "Every frame on the wire. Unknown fields and unknown event types are ignored.",
    $defs: {
      Action: union("A frame that a client sends.", actions),
      Event: union("A frame that the server sends.", events),
      ...Object.fromEntries([...actions, ...events, ...answers]),
    },
  };
}

/** The JSON Schema of one frame as a client writes it, or as the server sends it. */
export function frameJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
}

function definition(
  name: string,
  schema: z.ZodType,
  description: string | undefined,
): [string, JsonSchema] {
  return [name, { description, ...frameJsonSchema(schema) }];
}

function describe<Value>(table: Record<string, Value>, name: string): Value | undefined {
  return table[name];
}

function union(description: string, of: [string, JsonSchema][]): JsonSchema {
  return { description, oneOf: of.map(([name]) => ({ $ref: `#/$defs/${name}` })) };
}
