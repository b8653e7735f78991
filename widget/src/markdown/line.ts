/** The marker that begins an item of a list. */
export interface ListMarker {
  /** Columns before it. */
  indent: number;
  /** Columns before the item's text. */
  offset: number;
  /** What items of one list have in common: the bullet, or what follows the number. */
  kind: string;
  number: number | undefined;
  rest: string;
}

const MARKER = /^([ \t]*)(?:([-*+])|(\d{1,9})([.)]))(?:([ \t]+)(.*))?$/s;

export function isBlank(line: string): boolean {
  return !/\S/.test(line);
}

/** Columns of white space at the beginning; a tab goes to the next multiple of four. */
export function indentOf(line: string): number {
  let columns = 0;
  for (const character of line) {
    if (character === "\t") columns += 4 - (columns % 4);
    else if (character === " ") columns += 1;
    else break;
  }
  return columns;
}

/** The line without that many columns of white space, or without all it has if it has fewer. */
export function dedent(line: string, columns: number): string {
  const left = indentOf(line) - columns;
  return left > 0 ? " ".repeat(left) + line.trimStart() : line.trimStart();
}

export function listMarker(line: string): ListMarker | undefined {
  const match = MARKER.exec(line);
  if (!match || isRule(line)) return undefined;
  const [, before = "", bullet, digits = "", delimiter = "", gap = "", rest = ""] = match;
  const indent = indentOf(before);
  const width = (bullet ?? digits + delimiter).length;
  const space = gap.length === 0 || gap.length > 4 || rest === "" ? 1 : gap.length;
  return {
    indent,
    offset: indent + width + space,
    kind: bullet ?? delimiter,
    number: bullet ? undefined : Number(digits),
    rest: gap.length > 4 ? gap.slice(1) + rest : rest,
  };
}

export function isRule(line: string): boolean {
  return /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/.test(line);
}

export function isQuote(line: string): boolean {
  return /^ {0,3}>/.test(line);
}

/** The fence that opens a code block: its marks, and the words after it. */
export function openingFence(line: string): { marks: string; info: string } | undefined {
  const match = /^ {0,3}(`{3,}|~{3,})(.*)$/s.exec(line);
  const [, marks = "", info = ""] = match ?? [];
  return match && !(marks.startsWith("`") && info.includes("`")) ? { marks, info } : undefined;
}

export function closesFence(line: string, marks: string): boolean {
  const match = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line);
  return match?.[1]?.startsWith(marks) ?? false;
}

export function heading(line: string): { level: number; text: string } | undefined {
  const match = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/s.exec(line);
  if (!match) return undefined;
  const text = (match[2] ?? "").trim().replace(/(?:^|[ \t]+)#+$/, "");
  return { level: match[1]?.length ?? 1, text };
}

/** Whether a paragraph ends before this line. */
export function interrupts(line: string): boolean {
  if (openingFence(line) || heading(line) || isRule(line) || isQuote(line)) return true;
  const marker = listMarker(line);
  return (
    marker !== undefined && marker.indent < 4 && marker.rest !== "" && (marker.number ?? 1) === 1
  );
}
