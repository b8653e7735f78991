import { Ajv2020 } from "ajv/dist/2020.js";
import { z } from "zod";
import type { JsonSchema, ToolDefinition } from "./tool.js";

/** The arguments of a tool: described for the model, checked before anything else happens. */
export interface ArgumentSchema {
  jsonSchema: JsonSchema;
  /** Checks parsed JSON. Never throws; the problems are words for the model. */
  check(value: unknown): Promise<CheckedArguments>;
}

export type CheckedArguments =
  | { ok: true; value: Record<string, unknown> }
  | { ok: false; problems: string };

/**
 * Reads the `parameters` of a tool.
 *
 * @throws when they are neither a zod 4 schema nor a JSON Schema of an object
 */
export function argumentSchema(parameters: ToolDefinition["parameters"]): ArgumentSchema {
  if (parameters === undefined) return careful(fromJsonSchema({ type: "object", properties: {} }));
  return careful(isZod(parameters) ? fromZod(parameters) : fromJsonSchema(parameters));
}

/** Characters of the problems that the model is told. */
const PROBLEM_CHARACTERS = 2_000;

// A refinement is the host's own code and may throw; a recursive schema may run out of stack.
function careful({ jsonSchema, check }: ArgumentSchema): ArgumentSchema {
  return {
    jsonSchema,
    async check(value) {
      try {
        const checked = await check(value);
        if (checked.ok) return checked;
        return {
          ok: false,
          problems: checked.problems.slice(0, PROBLEM_CHARACTERS).toWellFormed(),
        };
      } catch {
        return { ok: false, problems: "The arguments could not be checked." };
      }
    },
  };
}

function isZod(parameters: object): parameters is z.ZodType {
  return "_zod" in parameters;
}

function fromZod(schema: z.ZodType): ArgumentSchema {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, { io: "input" });
  requireObject(jsonSchema);
  return {
    jsonSchema,
    async check(value) {
      const parsed = await z.safeParseAsync(schema, value);
      if (!parsed.success) return { ok: false, problems: z.prettifyError(parsed.error) };
      return asObject(parsed.data);
    },
  };
}

function fromJsonSchema({ $schema: _, ...jsonSchema }: JsonSchema): ArgumentSchema {
  requireObject(jsonSchema);
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    validateFormats: false,
    logger: false,
  });
  const validate = ajv.compile(jsonSchema);
  return {
    jsonSchema,
    async check(value) {
      if (validate(value)) return asObject(value);
      return { ok: false, problems: ajv.errorsText(validate.errors, { dataVar: "arguments" }) };
    },
  };
}

function requireObject(jsonSchema: JsonSchema): void {
  // An asynchronous schema answers with a promise, which would pass for a yes.
  if ("$async" in jsonSchema) throw new Error("parameters must not be an asynchronous JSON Schema");
  if (jsonSchema["type"] !== "object") {
    throw new Error('parameters must be a zod object or a JSON Schema with type "object"');
  }
}

function asObject(value: unknown): CheckedArguments {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return { ok: true, value: { ...value } };
  }
  return { ok: false, problems: "The arguments must be an object." };
}
