import express, { type Request, type RequestHandler } from "express";
import { depthOf } from "../tools/json-depth.js";
import { invalid } from "./api-error.js";

/** Bytes of one body. */
export const BODY_BYTES = 256 * 1024;
/** Levels of nested arrays and objects in one body. */
export const BODY_DEPTH = 24;

/** Reads a body as text, no more than {@link BODY_BYTES} of it and never a compressed one. */
export const bodyReader: RequestHandler = express.text({
  type: () => true,
  limit: BODY_BYTES,
  inflate: false,
});

/**
 * The JSON of a body that was read by {@link bodyReader}, or before us by the host's own parser.
 *
 * @throws {ApiError} VALIDATION_ERROR
 */
export function jsonBody(request: Request): unknown {
  const given: unknown = request.body;
  const read = Buffer.isBuffer(given) ? given.toString("utf8") : given;
  if (read === undefined || read === "") throw invalid("The body must be JSON.");
  if (!request.is("application/json")) throw invalid("Content-Type must be application/json.");
  const text = typeof read === "string" ? read : written(read);
  if (depthOf(text) > BODY_DEPTH) throw tooDeep();
  const value = typeof read === "string" ? parsed(read) : read;
  const problem = problemOf(value, "");
  if (problem) throw invalid(problem);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("The body must be JSON.");
  }
}

// What the host's parser took may be nested deeper than a stack allows.
function written(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw tooDeep();
  }
}

function tooDeep() {
  return invalid(`The body may be nested at most ${BODY_DEPTH} levels deep.`);
}

/** Names the first place that holds what no database keeps, or a key that is never meant. */
function problemOf(value: unknown, path: string): string | null {
  if (typeof value === "string" && !isStorable(value)) {
    return `${path || "The body"} must be well-formed text without NUL characters.`;
  }
  if (typeof value !== "object" || value === null) return null;
  for (const [key, entry] of Object.entries(value)) {
    const place = path === "" ? key : `${path}.${key}`;
    if (key === "__proto__" || !isStorable(key)) {
      return `${path || "The body"} has a key that is not allowed.`;
    }
    const problem = problemOf(entry, place);
    if (problem) return problem;
  }
  return null;
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}
