/** A last line that so far holds only marks of a block, such as `-`, `##`, `1.` or `- [ `. */
const ONLY_MARKS = /^[\s>]*(?:[-*+][ \t]+\[[ xX]?\]?|[-=*_+#~`|:<!\s]+|\d{1,3}[.)]?)?\s*$/;
const TABLE_LINE = /^ {0,3}\|/;
/** What may become the definition of a link's target, of which nothing is shown. */
const DEFINITION_SO_FAR =
  /^ {0,3}\[(?:[^[\]]{0,60}|[^[\]]{1,200}\](?::[ \t]*<?[^\s<>]*>?(?:[ \t]+(?:"[^"]*"?|'[^']*'?|\([^()]*\)?)?)?)?)$/;
const FENCE_SO_FAR = /^ {0,3}(?:`+|~+)[ \t]*$/;

/**
 * Rounds off a text that still grows, so that it looks as it will look: marks that say nothing yet
 * are left out, and the first row of a table is one before its second row is there.
 */
export function roundOff(lines: readonly string[]): string[] {
  const last = lines.at(-1) ?? "";
  const before = lines.at(-2) ?? "";
  const delimiter = /^[-|:\s]+$/.test(last);
  if (TABLE_LINE.test(before) && delimiter) {
    return TABLE_LINE.test(lines.at(-3) ?? "")
      ? [...lines]
      : [...lines.slice(0, -1), delimiterFor(before)];
  }
  const isHeader = TABLE_LINE.test(before) && !TABLE_LINE.test(lines.at(-3) ?? "");
  if (last === "" && isHeader) return [...lines.slice(0, -1), delimiterFor(before)];
  if (ONLY_MARKS.test(last)) return lines.slice(0, -1);
  if (before.trim() === "" && DEFINITION_SO_FAR.test(last)) return lines.slice(0, -1);
  if (TABLE_LINE.test(last) && !TABLE_LINE.test(before)) return [...lines, delimiterFor(last)];
  return [...lines];
}

/**
 * The same for a code block: what may become its end is none of its text, and its language is named
 * once it is known.
 *
 * @param begin the line in which it begins
 */
export function roundOffCode(lines: readonly string[], begin: number): string[] {
  const last = lines.at(-1) ?? "";
  const before = lines.slice(0, -1);
  if (begin === before.length) return [...before, last.replace(/(`{3,}|~{3,}).*$/, "$1")];
  return FENCE_SO_FAR.test(last) ? before : [...lines];
}

function delimiterFor(header: string): string {
  const cells = header
    .trim()
    .replace(/\\\|/g, "")
    .replace(/^\||\|$/g, "")
    .split("|").length;
  return `|${"-|".repeat(cells)}`;
}
