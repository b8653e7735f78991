import { z } from "zod";
import { LIMITS } from "./limits.js";

const complaint = (expected: string) => (issue: { input?: unknown }) =>
  issue.input === undefined ? "is required" : `must be ${expected}`;

/** A string as the contract wants it: well-formed UTF-16 without NUL, which no database keeps. */
export const text = z.string({ error: complaint("a string") }).refine(isStorable, {
  error: "must be well-formed text without NUL characters",
});

/** Text of which something is left after trimming. */
export const filledText = text.regex(/\S/u, { error: "must not be blank" });

/** An identifier: filled and at most {@link LIMITS.identifierCharacters} long. */
export const identifier = filledText.max(LIMITS.identifierCharacters, {
  error: `must be at most ${LIMITS.identifierCharacters} characters`,
});

/** A visitor's message: 1 to {@link LIMITS.messageCharacters} code points, not blank. */
export const messageText = filledPoints(LIMITS.messageCharacters);

/** What a visitor says about an answer: 1 to {@link LIMITS.commentCharacters} code points, not blank. */
export const comment = filledPoints(LIMITS.commentCharacters);

/** The shape of a BCP 47 language tag; whether there is such a language is not looked up. */
export const locale = z
  .string({ error: complaint("a string") })
  .max(LIMITS.localeCharacters, {
    error: `must be at most ${LIMITS.localeCharacters} characters`,
  })
  .regex(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/, {
    error: "must be a BCP 47 language tag, such as fr-CA",
  });

/** A conversation's title, trimmed: 1 to {@link LIMITS.titleCharacters} code points. */
export const title = filledText
  .transform((value) => value.trim())
  .refine((value) => !/\p{Cc}/u.test(value), { error: "must not contain control characters" })
  .refine((value) => Array.from(value).length <= LIMITS.titleCharacters, {
    error: `must be at most ${LIMITS.titleCharacters} characters`,
  });

export const flag = z.boolean({ error: complaint("a boolean") });

export const jsonObject = z.record(z.string(), z.unknown(), { error: complaint("an object") });

/** An object that is kept as it came: every string in it, keys included, is storable text. */
export const storedObject = jsonObject.refine(isStorable, {
  error: "must hold only well-formed text without NUL characters",
});

/** A page size of 1..100, 50 when absent. */
export const pageLimit = z
  .int({ error: complaint("an integer from 1 to 100") })
  .min(1, { error: "must be at least 1" })
  .max(100, { error: "must be at most 100" })
  .default(50);

/** At most `most` names: what is no identifier is dropped, an unknown one is kept. */
const names = (most: number) =>
  z
    .array(z.unknown(), { error: complaint("an array of strings") })
    .max(most, { error: `must have at most ${most} entries` })
    .transform((entries) =>
      entries.flatMap((entry) => {
        const parsed = identifier.safeParse(entry);
        return parsed.success ? [parsed.data] : [];
      }),
    );

/** Capabilities of a client. */
export const supports = names(32);

/** What a page of history is to carry besides; the server knows `turns`. */
export const included = names(8);

/** Integer Unix milliseconds. */
export const timestamp = z.int();

function filledPoints(most: number) {
  return filledText
    .refine(
      // The cheap length in code units decides for nearly every text; only long ones are counted.
      (value) => value.length <= most || Array.from(value).length <= most,
      { error: `must be at most ${most} characters` },
    )
    .meta({ maxLength: most });
}

// Walks by hand: recursion would overflow on nesting that JSON.parse accepts.
export function isStorable(value: unknown): boolean {
  const rest = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (typeof next === "string") {
      if (!next.isWellFormed() || next.includes("\0")) return false;
    } else if (typeof next === "object" && next !== null) {
      for (const [key, entry] of Object.entries(next)) rest.push(key, entry);
    }
  }
  return true;
}
