import type { Expected } from "../store/store.js";
import { invalid } from "./api-error.js";
import type { Call } from "./route.js";

/** The ETag of a row that gets a later instant with each change. */
export function etagOf(updatedAt: Date): string {
  return String(updatedAt.getTime());
}

/**
 * What a conditional request expects of the row that it changes.
 *
 * @throws {ApiError} VALIDATION_ERROR for a header that is none
 */
export function expectedOf({
  ifMatch,
  ifNoneMatch,
}: Pick<Call, "ifMatch" | "ifNoneMatch">): Expected {
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() !== "*") throw invalid("If-None-Match must be *.");
    if (ifMatch !== undefined) throw invalid("If-Match and If-None-Match exclude each other.");
    return "absent";
  }
  if (ifMatch === undefined) return undefined;
  const tags = ifMatch.split(",").map((tag) => tag.trim());
  if (tags.length === 1 && tags[0] === "*") return "present";
  if (!tags.every((tag) => /^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(tag))) {
    throw invalid("If-Match must be * or the ETag of an earlier answer.");
  }
  // A tag of another form is one that no answer had: it matches nothing.
  return tags.flatMap((tag) => {
    const [, instant] = /^"(\d{1,15})"$/.exec(tag) ?? [];
    return instant === undefined ? [] : [new Date(Number(instant))];
  });
}
