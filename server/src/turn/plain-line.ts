/**
 * What a model wrote as one line of plain text: line breaks are spaces, what is not seen or turns the
 * direction of what follows is dropped.
 */
export function plainLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\s\u0085]+/gu, " ")
    .replaceAll(INVISIBLE, "")
    .replaceAll(/ {2,}/g, " ")
    .trim();
}

// Emoji are joined by U+200D, and some scripts need U+200C: both are kept.
const INVISIBLE =
  /[\p{Cc}\u00AD\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;
