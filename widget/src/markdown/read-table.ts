import type { TableBlock } from "./block.js";
import { interrupts, isBlank } from "./line.js";

const DELIMITER = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** Reads the table that begins at this line; undefined when none does. */
export function readTable(
  lines: readonly string[],
  at: number,
): { block: TableBlock; end: number } | undefined {
  const [head = "", delimiter = ""] = lines.slice(at, at + 2);
  if (!head.includes("|") || !DELIMITER.test(delimiter)) return undefined;
  const header = cells(head);
  const align = cells(delimiter).map(alignment);
  if (header.length !== align.length || (!delimiter.includes("|") && header.length > 1))
    return undefined;
  let end = at + 2;
  const rows: string[][] = [];
  for (; end < lines.length; end += 1) {
    const line = lines[end] ?? "";
    if (isBlank(line) || interrupts(line)) break;
    const row = cells(line);
    rows.push(header.map((_, index) => row[index] ?? ""));
  }
  return { block: { type: "table", align, header, rows }, end };
}

/** The texts between the bars; a bar behind a backslash is text, even in code. */
function cells(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(^|[^\\])\|$/, "$1");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function alignment(mark: string): TableBlock["align"][number] {
  const left = mark.startsWith(":");
  if (mark.endsWith(":")) return left ? "center" : "right";
  return left ? "left" : undefined;
}
