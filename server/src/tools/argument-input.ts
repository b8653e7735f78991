import type { ArgumentInput } from "@smooth-agent/protocol";
import { titleOf } from "./title.js";
import type { JsonSchema } from "./tool.js";

/**
 * How an argument may be changed by hand, read from the schema of its tool.
 *
 * @param value what stands there now; a long text, or one of several lines, needs the room
 * @returns null for an argument that there is not, or that is no text, number, flag or choice of texts
 */
export function argumentInput(
  schema: JsonSchema,
  argument: string,
  value?: unknown,
): ArgumentInput | null {
  const properties = objectOf(schema["properties"]);
  const own = Object.hasOwn(properties, argument) ? properties[argument] : undefined;
  const property = withoutNull(objectOf(own));
  const type = inputType(property, value);
  if (type === null) return null;
  const { title } = property;
  const needed: unknown = schema["required"];
  return {
    argument,
    label: typeof title === "string" && title !== "" ? title : titleOf(argument),
    type,
    required: Array.isArray(needed) && needed.includes(argument),
    ...boundsOf(type, property),
  };
}

/** Characters above which a text gets several lines. */
const LINE_CHARACTERS = 200;

type InputType = ArgumentInput["type"];

function inputType(property: JsonSchema, value: unknown): InputType | null {
  if (optionsOf(property)) return "select";
  // Of any other list of values a card could not show the choice.
  if ("enum" in property || "const" in property) return null;
  switch (property["type"]) {
    case "number":
    case "integer":
    case "boolean":
      return property["type"];
    case "string":
      return isLong(property["maxLength"], value) ? "multiline" : "text";
    default:
      return null;
  }
}

function isLong(most: unknown, value: unknown): boolean {
  if (typeof most === "number") return most > LINE_CHARACTERS;
  return typeof value === "string" && (value.length > LINE_CHARACTERS || value.includes("\n"));
}

function boundsOf(type: InputType, property: JsonSchema): Partial<ArgumentInput> {
  switch (type) {
    case "select":
      return { options: optionsOf(property) ?? [] };
    case "number":
    case "integer": {
      const minimum = bound(property, "minimum", type === "integer" ? 1 : undefined);
      const maximum = bound(property, "maximum", type === "integer" ? -1 : undefined);
      return {
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
      };
    }
    case "text":
    case "multiline": {
      const { maxLength } = property;
      return typeof maxLength === "number" ? { maxLength } : {};
    }
    case "boolean":
      return {};
  }
}

/**
 * A bound that says something.
 *
 * @param step from an exclusive bound to the next value there is; absent where there is none
 */
function bound(
  property: JsonSchema,
  name: "minimum" | "maximum",
  step: number | undefined,
): number | undefined {
  const within = property[name];
  if (typeof within === "number" && Math.abs(within) < Number.MAX_SAFE_INTEGER) return within;
  const beyond = property[name === "minimum" ? "exclusiveMinimum" : "exclusiveMaximum"];
  if (step === undefined || typeof beyond !== "number" || !Number.isInteger(beyond)) {
    return undefined;
  }
  return beyond + step;
}

/** The texts that may be chosen among; undefined of what is no such choice. */
function optionsOf(property: JsonSchema): string[] | undefined {
  const listed: unknown = property["enum"] ?? constantsOf(property["anyOf"]);
  if (!Array.isArray(listed) || listed.length === 0) return undefined;
  return listed.every((option) => typeof option === "string") ? listed : undefined;
}

function constantsOf(variants: unknown): unknown[] | undefined {
  return Array.isArray(variants) ? variants.map((each) => objectOf(each)["const"]) : undefined;
}

/** What may also be null is changed as what else it may be. */
function withoutNull(property: JsonSchema): JsonSchema {
  const { type, anyOf, ...rest } = property;
  if (Array.isArray(type)) {
    const others: unknown[] = type.filter((one) => one !== "null");
    return { ...property, type: others.length === 1 ? others[0] : type };
  }
  if (!Array.isArray(anyOf)) return property;
  const others: unknown[] = anyOf.filter((one) => objectOf(one)["type"] !== "null");
  return others.length === 1 ? { ...rest, ...objectOf(others[0]) } : { ...property, anyOf: others };
}

function objectOf(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null ? (value as JsonSchema) : {};
}
