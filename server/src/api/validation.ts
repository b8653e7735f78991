import type { z } from "zod";
import { invalid } from "./api-error.js";

/**
 * Reads a value as a schema wants it.
 *
 * @param place `body`, or nothing where the field's name says enough
 * @throws {ApiError} VALIDATION_ERROR that names every field and says what it must be, never what it was
 */
export function checked<Type>(schema: z.ZodType<Type>, value: unknown, place = ""): Type {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, place));
  const told = problems.slice(0, MOST_PROBLEMS);
  const rest = problems.length - told.length;
  throw invalid([...told, ...(rest > 0 ? [`and ${rest} more`] : [])].join("; ") + ".");
}

const MOST_PROBLEMS = 20;

function problemsOf(issue: z.core.$ZodIssue, place: string): string[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${named([...path, shortened(key)], place)} is not known here`);
  }
  if (issue.code === "invalid_type" && issue.input === undefined && path.length > 0) {
    return [`${named(path, place)} is required`];
  }
  return [`${named(path, place)} ${messageOf(issue)}`];
}

function named(path: readonly string[], place: string): string {
  return path.length === 0 ? place || "the request" : path.join(".");
}

// A key is a stranger's word: enough of it to find it, and nothing that breaks a line.
function shortened(key: string): string {
  return JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key).slice(1, -1);
}

function messageOf(issue: z.core.$ZodIssue): string {
  const custom = issue.message;
  if (/^(?:must|is|has|names) /.test(custom)) return custom;
  switch (issue.code) {
    case "invalid_type":
      return `must be ${WORDS[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `must be ${issue.values.map(String).join(" or ")}`;
    case "too_big":
      return `must be at most ${issue.maximum}${UNITS[issue.origin] ?? ""}`;
    case "too_small":
      return `must be at least ${issue.minimum}${UNITS[issue.origin] ?? ""}`;
    default:
      return "is not as it must be";
  }
}

const WORDS: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "an array",
  object: "an object",
  record: "an object",
  null: "null",
};

const UNITS: Readonly<Record<string, string>> = {
  string: " characters",
  array: " entries",
};
