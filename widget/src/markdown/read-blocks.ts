import type { Block, CodeBlock, LinkDefinitions, ListBlock, ListItem } from "./block.js";
import {
  closesFence,
  dedent,
  heading,
  indentOf,
  interrupts,
  isBlank,
  isQuote,
  isRule,
  listMarker,
  openingFence,
} from "./line.js";
import { readTable } from "./read-table.js";

/** A block and where it begins: the line, and the column in it when a very long line was cut. */
export interface PlacedBlock {
  block: Block;
  line: number;
  column: number;
}

/** Longer paragraphs are cut, so that none is slow to read. */
export const PARAGRAPH_CHARACTERS = 8_000;
/** Longer lists and quotes are cut, so that little is read anew while they grow. */
const LIST_ITEMS = 100;
const QUOTE_LINES = 200;
/** Deeper nesting is shown as it was written. */
const MAX_DEPTH = 10;

const DEFINITION =
  /^ {0,3}\[([^[\]]{1,200})\]:[ \t]*<?([^\s<>]+)>?(?:[ \t]+(?:"[^"]*"|'[^']*'|\([^()]*\)))?[ \t]*$/;

interface Reader {
  lines: string[];
  at: number;
  links: LinkDefinitions;
  depth: number;
}

/** Reads lines as GitHub-flavoured markdown without raw HTML and without indented code. */
export function readBlocks(
  source: readonly string[],
  links: LinkDefinitions,
  depth = 0,
): PlacedBlock[] {
  const reader: Reader = { lines: [...source], at: 0, links, depth };
  const placed: PlacedBlock[] = [];
  let column = 0;
  while (reader.at < reader.lines.length) {
    const line = reader.at;
    const text = current(reader);
    if (isBlank(text)) {
      reader.at += 1;
      column = 0;
      continue;
    }
    const cut = text.length > PARAGRAPH_CHARACTERS && !openingFence(text);
    const block =
      depth > MAX_DEPTH ? readLiteral(reader) : cut ? readPiece(reader) : readBlock(reader);
    placed.push({ block, line, column });
    column = reader.at === line ? column + text.length - current(reader).length : 0;
  }
  return placed;
}

function readBlock(reader: Reader): Block {
  const line = current(reader);
  const fence = openingFence(line);
  if (fence) return readCode(reader, fence);
  const title = heading(line);
  if (title) return one(reader, { type: "heading", ...title });
  if (isRule(line)) return one(reader, { type: "rule" });
  if (isQuote(line)) return readQuote(reader);
  if (listMarker(line)) return readList(reader);
  const table = readTable(reader.lines, reader.at);
  if (table) {
    reader.at = table.end;
    return table.block;
  }
  const [whole, label, target] = DEFINITION.exec(line) ?? [];
  if (whole && label && target) {
    const key = label.toLowerCase();
    if (!reader.links.has(key)) reader.links.set(key, target);
    return one(reader, { type: "definition" });
  }
  return readParagraph(reader);
}

function readCode(reader: Reader, { marks, info }: { marks: string; info: string }): CodeBlock {
  const indent = indentOf(current(reader));
  const from = reader.at + 1;
  let end = from;
  while (end < reader.lines.length && !closesFence(reader.lines[end] ?? "", marks)) end += 1;
  reader.at = end + 1;
  const body = reader.lines.slice(from, end);
  const text = body.map((line) =>
    indent > 0 ? dedent(line, Math.min(indent, indentOf(line))) : line,
  );
  const [language = ""] = info.trim().split(/\s/, 1);
  return { type: "code", text: text.join("\n"), language };
}

function readQuote(reader: Reader): Block {
  const inner: string[] = [];
  let fenced = false;
  while (reader.at < reader.lines.length && inner.length < QUOTE_LINES) {
    const line = current(reader);
    const quoted = isQuote(line);
    if (!quoted && (fenced || !continues(inner.at(-1), line))) break;
    inner.push(quoted ? line.replace(/^ {0,3}> ?/, "") : line.trimStart());
    if (openingFence(inner.at(-1) ?? "")) fenced = !fenced;
    reader.at += 1;
  }
  return { type: "quote", blocks: inside(inner, reader).map(({ block }) => block) };
}

function readList(reader: Reader): ListBlock {
  const first = listMarker(current(reader));
  const list: ListBlock = { type: "list", start: first?.number, loose: false, items: [] };
  while (list.items.length < LIST_ITEMS) {
    const marker = listMarker(reader.lines[reader.at] ?? "");
    if (!marker || marker.kind !== first?.kind || marker.indent >= first.indent + 4) break;
    const lines = itemLines(reader, marker.indent, marker.offset, marker.rest);
    const trailing = lines.length;
    while (lines.length > 1 && isBlank(lines.at(-1) ?? "")) lines.pop();
    const next = listMarker(reader.lines[reader.at] ?? "");
    if (trailing > lines.length && next?.kind === first.kind) list.loose = true;
    const { item, loose } = readItem(lines, reader);
    list.items.push(item);
    list.loose ||= loose;
  }
  return list;
}

/** The lines of one item, without its indent. A nested list may be indented by less than it should. */
function itemLines(reader: Reader, indent: number, offset: number, rest: string): string[] {
  const lines = [rest];
  let inner = offset;
  let fenced = openingFence(rest) !== undefined;
  reader.at += 1;
  for (; reader.at < reader.lines.length; reader.at += 1) {
    const line = current(reader);
    const columns = indentOf(line);
    const nested = columns >= indent + 2 && !fenced && listMarker(line) !== undefined;
    if (nested) inner = Math.min(inner, columns);
    if (isBlank(line)) lines.push("");
    else if (columns >= inner) lines.push(dedent(line, inner));
    else if (!fenced && !listMarker(line) && continues(lines.at(-1), line))
      lines.push(line.trimStart());
    else break;
    if (openingFence(lines.at(-1) ?? "")) fenced = !fenced;
  }
  return lines;
}

function readItem(lines: string[], reader: Reader): { item: ListItem; loose: boolean } {
  const task = /^\[([ xX])\][ \t]+(?=\S)/.exec(lines[0] ?? "");
  if (task) lines[0] = lines[0]?.slice(task[0].length) ?? "";
  const placed = inside(lines, reader);
  const loose = placed.some(({ line }, index) => index > 0 && isBlank(lines[line - 1] ?? ""));
  const item: ListItem = { blocks: placed.map(({ block }) => block) };
  if (task) item.done = task[1] !== " ";
  return { item, loose };
}

function readParagraph(reader: Reader): Block {
  const lines = [current(reader).trim()];
  let characters = lines[0]?.length ?? 0;
  for (reader.at += 1; reader.at < reader.lines.length; reader.at += 1) {
    const line = current(reader);
    const underline = /^ {0,3}(=+|-+)[ \t]*$/.exec(line)?.[1];
    if (underline) {
      reader.at += 1;
      return { type: "heading", level: underline.startsWith("=") ? 1 : 2, text: lines.join("\n") };
    }
    characters += line.length;
    if (isBlank(line) || interrupts(line) || characters > PARAGRAPH_CHARACTERS) break;
    if (readTable(reader.lines, reader.at)) break;
    lines.push(line.trim());
  }
  return { type: "paragraph", text: lines.join("\n") };
}

/** The first part of a line that is too long, cut between words if there is a place. */
function readPiece(reader: Reader): Block {
  const line = current(reader);
  const space = line.lastIndexOf(" ", PARAGRAPH_CHARACTERS);
  let cut = space > PARAGRAPH_CHARACTERS / 2 ? space + 1 : PARAGRAPH_CHARACTERS;
  if (/[\uD800-\uDBFF]/.test(line.charAt(cut - 1))) cut -= 1;
  reader.lines[reader.at] = line.slice(cut);
  return { type: "paragraph", text: line.slice(0, cut) };
}

function readLiteral(reader: Reader): Block {
  const text = reader.lines.slice(reader.at).join("\n");
  reader.at = reader.lines.length;
  return { type: "paragraph", text };
}

function inside(lines: string[], { links, depth }: Reader): PlacedBlock[] {
  return readBlocks(lines, links, depth + 1);
}

/** Whether a line without the container's mark still belongs to the paragraph in it. */
function continues(last: string | undefined, line: string): boolean {
  if (last === undefined || isBlank(last) || isBlank(line) || interrupts(line)) return false;
  return !heading(last) && !isRule(last) && !openingFence(last);
}

function current({ lines, at }: Reader): string {
  return lines[at] ?? "";
}

function one(reader: Reader, block: Block): Block {
  reader.at += 1;
  return block;
}
