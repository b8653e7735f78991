import { LIMITS } from "@smooth-agent/protocol/codes";
import { z } from "zod";

/** One line of text that says something. */
const line = (most: number) =>
  z
    .string()
    .max(most, { error: `must be at most ${most} characters` })
    .regex(/\S/u, { error: "must not be blank" })
    .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), {
      error: "must be well-formed text without control characters",
    });

/** An id in a path, a query or a body. */
export const identifier = line(LIMITS.identifierCharacters);

/** What a person is called. */
export const personName = line(200);

/** What an event of the host's is called. */
export const eventName = line(100);

/** A page size in a query: 1..100, 50 when absent. */
export const pageLimit = z
  .string()
  .regex(/^(?:[1-9]\d?|100)$/, { error: "must be a whole number from 1 to 100" })
  .meta({ description: "1 to 100; 50 when absent." })
  .default("50")
  .transform(Number);

/** Where a page goes on: the `nextCursor` of the page before. */
export const pageCursor = identifier
  .meta({ description: "The `nextCursor` of the page before." })
  .optional();

/** An instant in a query, RFC 3339 with an offset. */
export const queryInstant = z.iso
  .datetime({
    offset: true,
    error: "must be an instant such as 2026-01-31T12:00:00Z",
    abort: true,
  })
  // Years before the epoch are nobody's, and one of them is none to PostgreSQL.
  .refine((text) => Date.parse(text) >= 0, { error: "must not be before 1970" })
  .transform((text) => new Date(text));

/** `true` or `false` in a query. */
export const queryFlag = z
  .enum(["true", "false"], { error: "must be true or false" })
  .transform((text) => text === "true");

/** An instant as it is answered, RFC 3339 in UTC. */
export const instant = z.string().meta({ format: "date-time" });

/** What every page ends with. */
export const nextCursor = z.string().nullable().meta({ description: "Opaque; null at the end." });
