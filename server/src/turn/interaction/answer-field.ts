import type { FieldError } from "@smooth-agent/protocol";
import { plainLine } from "../plain-line.js";
import { cutText } from "../stored-text.js";

export const REQUIRED = "this field is required";

/** The value of a field that was given itself, and not by a prototype. */
export function fieldOf(values: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(values, key)?.value as unknown;
}

/** Whether there is nothing in a field. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && !value.trim());
}

/** What is wrong with a field; of a stranger's own words as little as names it. */
export function fieldError(field: string, message: string): FieldError {
  return { field, message };
}

/** A stranger's words inside of a message. */
export function quoted(text: string): string {
  return cutText(plainLine(text), 100);
}
