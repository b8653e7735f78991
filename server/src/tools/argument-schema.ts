import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
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
  | { ok: false; problems: string; faults?: ArgumentFault[] };

/** What is wrong with one argument, for a form that names it. */
export interface ArgumentFault {
  /** Its name, and what it holds, by dots; empty when it is the whole. */
  path: string;
  message: string;
}

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
/** How many arguments are named that something is wrong with, and the characters of each. */
const FAULTS = 10;
const FAULT_CHARACTERS = 200;

function shortFault({ path, message }: ArgumentFault): ArgumentFault {
  const short = (text: string) => text.slice(0, FAULT_CHARACTERS).toWellFormed();
  return { path: short(path), message: short(message) };
}

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
          faults: checked.faults?.slice(0, FAULTS).map(shortFault),
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
      if (!parsed.success) {
        const faults = parsed.error.issues.map(({ path, message }) => ({
          path: path.map(String).join("."),
          message,
        }));
        return { ok: false, problems: z.prettifyError(parsed.error), faults };
      }
      return asObject(parsed.data);
    },
  };
}

function fromJsonSchema({ $schema: _, ...jsonSchema }: JsonSchema): ArgumentSchema {
  requireObject(jsonSchema);
  const ajv = new Ajv2020({
    strict: false,
    // Left out, it follows `strict`, and a number beyond all bounds would pass and be shown as null.
    strictNumbers: true,
    allErrors: true,
    validateFormats: false,
    logger: false,
  });
  const validate = ajv.compile(jsonSchema);
  return {
    jsonSchema,
    async check(value) {
      if (validate(value)) return asObject(value);
      const problems = ajv.errorsText(validate.errors, { dataVar: "arguments" });
      return { ok: false, problems, faults: validate.errors?.map(faultOf) };
    },
  };
}

function faultOf({ instancePath, params, message = "is not valid" }: ErrorObject): ArgumentFault {
  const missing: unknown = params["missingProperty"];
  const inside = instancePath.split("/").slice(1);
  if (typeof missing !== "string") return { path: inside.join("."), message };
  return { path: [...inside, missing].join("."), message: "is required" };
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
