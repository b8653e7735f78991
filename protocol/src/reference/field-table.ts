import type { z } from "zod";
import { frameJsonSchema, type JsonSchema } from "./json-schema.js";

/** A Markdown table of an action's fields, all but `action` itself. */
export function fieldTable(schema: z.ZodType): string {
  const { properties = {}, required = [] } = frameJsonSchema(schema);
  const rows = Object.entries(properties)
    .filter(([name]) => name !== "action")
    .map(([name, field]) => {
      const { description, shape } = shapeOf(field);
      const mark = required.includes(name) ? "yes" : "";
      return `| \`${name}\` | ${mark} | ${shape} | ${description} |`;
    });
  return ["| field | required | type | |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function shapeOf(field: JsonSchema | boolean): { description: string; shape: string } {
  if (typeof field === "boolean") return { description: "", shape: "any" };
  const { type = "any", description = "", minimum, maximum, maxLength, maxItems } = field;
  const shape = [
    typeof type === "string" ? type : type.join(" or "),
    field.pattern === undefined ? "" : "not blank",
    minimum === undefined || maximum === undefined ? "" : `${minimum} to ${maximum}`,
    maxLength === undefined ? "" : `at most ${maxLength} characters`,
    maxItems === undefined ? "" : `at most ${maxItems} entries`,
    field.default === undefined ? "" : `${JSON.stringify(field.default)} when absent`,
  ];
  return { description, shape: shape.filter((part) => part !== "").join(", ") };
}
