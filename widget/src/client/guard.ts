import type { ErrorDescriptor } from "@smooth-agent/protocol";

/** Looks at a value of unknown origin; never throws. */
export type Guard = (value: unknown) => boolean;

export const isText: Guard = (value) => typeof value === "string";
export const isNumber: Guard = (value) => typeof value === "number";
export const isFlag: Guard = (value) => typeof value === "boolean";

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Absent or as `guard` says. */
export function optional(guard: Guard): Guard {
  return (value) => value === undefined || guard(value);
}

export function listOf(guard: Guard): Guard {
  return (value) => Array.isArray(value) && value.every(guard);
}

/** An object whose named fields are as their guards say; other fields do not matter. */
export function shape(fields: Record<string, Guard>): Guard {
  const entries = Object.entries(fields);
  return (value) => isRecord(value) && entries.every(([name, guard]) => guard(value[name]));
}

/** Drops the fields of `value` that are not as their guards say. */
export function tidy(value: object, fields: Record<string, Guard>): void {
  for (const [name, guard] of Object.entries(fields)) {
    if (!guard(Reflect.get(value, name))) Reflect.deleteProperty(value, name);
  }
}

const hasErrorFields = shape({
  code: isText,
  message: isText,
  retryable: optional(isFlag),
  retryAfterMs: optional(isNumber),
});

/** Also true for codes that this client does not know: a newer server may have more. */
export function isErrorDescriptor(value: unknown): value is ErrorDescriptor {
  return hasErrorFields(value);
}
