import { z } from "zod";
import { isStorable } from "./field.js";
import { LIMITS } from "./limits.js";

/**
 * Extension: what the page says of where the visitor is, for the agent to know. It comes from the
 * visitor's browser: it is data, never an instruction and never configuration. An empty one, or null,
 * takes back what was said before.
 */
export const pageContext = z
  .union([z.string(), z.array(z.unknown()), z.record(z.string(), z.unknown()), z.null()], {
    error: "must be an object, an array or a string",
  })
  .refine((value) => depthOf(value) <= LIMITS.contextDepth, {
    error: `must have at most ${LIMITS.contextDepth} levels`,
    abort: true,
  })
  .refine(isStorable, { error: "must hold only well-formed text without NUL characters" })
  .refine(
    (value) => new TextEncoder().encode(JSON.stringify(value)).length <= LIMITS.contextBytes,
    { error: `must take at most ${LIMITS.contextBytes} bytes` },
  );
export type PageContext = z.infer<typeof pageContext>;

// Level by level, and no further than is allowed: recursion would overflow on what JSON.parse accepts.
function depthOf(value: unknown): number {
  let level = [value].filter(isNested);
  let depth = 0;
  while (level.length > 0 && depth <= LIMITS.contextDepth) {
    depth += 1;
    level = level.flatMap((nested): unknown[] => Object.values(nested)).filter(isNested);
  }
  return depth;
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
