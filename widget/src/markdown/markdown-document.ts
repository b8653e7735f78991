import type { Block, LinkDefinitions } from "./block.js";
import { type PlacedBlock, readBlocks } from "./read-blocks.js";
import { roundOff, roundOffCode } from "./round-off.js";

/** One block of an answer. Its identity is kept while its text is: equal object, same picture. */
export interface MarkdownBlock {
  block: Block;
  /** Its source; in a text that still grows, rounded off. */
  source: string;
  /** Whether more text may still become part of it. */
  open: boolean;
  /** Rows or lines of a very long block that the reader sees. */
  shown: number;
}

/** An answer as far as it has come. */
export interface MarkdownDocument {
  source: string;
  /** Blocks that no later text can change. */
  closed: readonly MarkdownBlock[];
  /** Characters of the source that they cover. */
  closedLength: number;
  /** Blocks that are read anew when text is added, at most two. */
  tail: readonly MarkdownBlock[];
  links: LinkDefinitions;
}

/** Rows of a table and lines of a code block shown before the reader asks for more. */
export const SHOWN_AT_FIRST = 200;

/**
 * Reads markdown, taking over from `before` what the longer text leaves unchanged.
 *
 * @param written the whole text so far
 * @param open whether more may follow; then the last block is rounded off for showing
 * @param before the document of an earlier text of the same answer
 */
export function readMarkdown(
  written: string,
  open: boolean,
  before?: MarkdownDocument,
): MarkdownDocument {
  const source = written.includes("\r") ? written.replace(/\r\n?/g, "\n") : written;
  const kept = before && grewFrom(before, source) ? before : undefined;
  const links: LinkDefinitions = kept?.links ?? new Map<string, string>();
  const start = kept?.closedLength ?? 0;
  const lines = source.slice(start).split("\n");
  const starts = lineStarts(lines);
  const placed = readBlocks(lines, links);
  const offsets = placed.map(({ line, column }) => (starts[line] ?? 0) + column);
  const done = closable(placed, lines.length - 1);
  const closedLength = start + (offsets[done] ?? 0);
  const added = placed.slice(0, done).map(({ block }, index): MarkdownBlock => {
    const text = source.slice(start + (offsets[index] ?? 0), start + (offsets[index + 1] ?? 0));
    return reuse(kept?.tail[index], block, text, false);
  });
  return {
    source,
    closed: kept && done === 0 ? kept.closed : [...(kept?.closed ?? []), ...added],
    closedLength,
    tail: readTail(source.slice(closedLength), open, links, kept?.tail.slice(done)),
    links,
  };
}

function grewFrom(before: MarkdownDocument, source: string): boolean {
  return source.startsWith(before.source.slice(0, before.closedLength));
}

/** All before the last block are closed, once the first line of that one is whole. */
function closable(placed: readonly PlacedBlock[], lastLine: number): number {
  const last = placed.length - 1;
  const settled = (placed[last]?.line ?? lastLine) < lastLine;
  return Math.max(0, settled ? last : last - 1);
}

function readTail(
  text: string,
  open: boolean,
  links: LinkDefinitions,
  earlier: readonly MarkdownBlock[] | undefined,
): MarkdownBlock[] {
  const lines = text.split("\n");
  const last = open ? readBlocks(lines, links).at(-1) : undefined;
  const shown = !open
    ? lines
    : last?.block.type === "code"
      ? roundOffCode(lines, last.line)
      : roundOff(lines);
  const placed = readBlocks(shown, new Map(links));
  return placed.map(({ block, line, column }, index) => {
    const end = placed[index + 1];
    const covered = shown.slice(line, end ? end.line + 1 : undefined).join("\n");
    const isLast = index === placed.length - 1;
    return reuse(earlier?.[index], block, `${column} ${covered}`, open && isLast);
  });
}

function lineStarts(lines: readonly string[]): number[] {
  let next = 0;
  return lines.map((line) => {
    const start = next;
    next += line.length + 1;
    return start;
  });
}

/** Keeps a block whose source is the same, and of a changed one what the reader unfolded. */
function reuse(
  before: MarkdownBlock | undefined,
  block: Block,
  source: string,
  open: boolean,
): MarkdownBlock {
  const same = before?.block.type === block.type ? before : undefined;
  if (same?.source === source && same.open === open) return same;
  return { block, source, open, shown: same?.shown ?? SHOWN_AT_FIRST };
}
