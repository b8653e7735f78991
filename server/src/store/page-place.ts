/** A place in a list that is ordered by an instant and then by an id. */
export interface PagePlace {
  at: Date;
  id: string;
}

/**
 * A cursor that names the place itself, not a row: it stays where it is when the row moves, changes or
 * goes away while someone pages.
 */
export function placeOf(at: Date, id: string): string {
  return Buffer.from(`${at.getTime()} ${id}`).toString("base64url");
}

/** The place that a cursor names; null for a text that is no cursor. */
export function placeAfter(cursor: string): PagePlace | null {
  const match = /^(\d{1,15}) (\S{1,100})$/.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  const [, at, id] = match ?? [];
  if (at === undefined || id === undefined || Number(at) > LAST) return null;
  const place = { at: new Date(Number(at)), id };
  return placeOf(place.at, id) === cursor ? place : null;
}

/** The end of the year 9999: not every database takes a later instant. */
const LAST = Date.UTC(10_000, 0) - 1;
