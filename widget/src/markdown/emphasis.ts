import type { Inline } from "./inline.js";

/** A run of `*`, `_` or `~~` that may begin or end emphasis. */
export interface Delimiter {
  type: "delimiter";
  mark: string;
  /** Marks of the run that are not used yet. */
  count: number;
  length: number;
  opens: boolean;
  closes: boolean;
}

export type Piece = Inline | Delimiter;

/** Deeper emphasis than this is shown as it was written. */
const MAX_DEPTH = 12;

/** Reads a run of marks by what stands on both its sides. */
export function delimiter(mark: string, length: number, before: string, after: string): Delimiter {
  const left = flanks(after, before);
  const right = flanks(before, after);
  const word = mark === "_";
  const opens = left && (!word || !right || isPunctuation(before));
  const closes = right && (!word || !left || isPunctuation(after));
  return { type: "delimiter", mark, count: length, length, opens, closes };
}

/**
 * Pairs the runs and makes emphasis of what is between them.
 *
 * @param open whether the text still grows; then what was begun counts as ended
 */
export function resolveEmphasis(pieces: readonly Piece[], open: boolean): Inline[] {
  const list = [...pieces];
  if (open && isDelimiter(list.at(-1))) list.pop();
  const floors = new Map<string, number>();
  for (let at = 0; at < list.length; at++) {
    const closer = list[at];
    if (!isDelimiter(closer) || !closer.closes) continue;
    let opener = openerBefore(list, at, closer, floors);
    while (opener >= 0) {
      at = pair(list, opener, at);
      opener = closer.count > 0 ? openerBefore(list, at, closer, floors) : -1;
    }
  }
  if (open) closeAll(list);
  return list.map(asInline);
}

/** @param floors below which no opener was found for a closer of the same kind */
function openerBefore(
  list: readonly Piece[],
  at: number,
  closer: Delimiter,
  floors: Map<string, number>,
): number {
  const kind = `${closer.mark}${closer.length % 3}${closer.opens}${closer.count}`;
  const floor = floors.get(kind) ?? 0;
  for (let index = at - 1; index >= floor; index--) {
    const piece = list[index];
    if (isDelimiter(piece) && piece.opens && matches(piece, closer)) return index;
  }
  floors.set(kind, at);
  return -1;
}

function matches(opener: Delimiter, closer: Delimiter): boolean {
  if (opener.mark !== closer.mark || opener.count === 0) return false;
  if (closer.mark === "~") return opener.count === 2 && closer.count === 2;
  if (!opener.closes && !closer.opens) return true;
  const { length: first } = opener;
  const { length: second } = closer;
  return (first + second) % 3 !== 0 || (first % 3 === 0 && second % 3 === 0);
}

/** Wraps what is between the runs; returns where the closer is then. */
function pair(list: Piece[], from: number, to: number): number {
  const opener = list[from];
  const closer = list[to];
  if (!isDelimiter(opener) || !isDelimiter(closer)) return to;
  const size = opener.count >= 2 && closer.count >= 2 ? 2 : 1;
  opener.count -= size;
  closer.count -= size;
  const wrapped = wrap(opener.mark, size, list.slice(from + 1, to).map(asInline));
  list.splice(from + 1, to - from - 1, ...wrapped);
  return from + 1 + wrapped.length;
}

function closeAll(list: Piece[]): void {
  for (let at = list.length - 1; at >= 0; at--) {
    const opener = list[at];
    if (!isDelimiter(opener) || !opener.opens) continue;
    while (opener.count > 0 && (opener.mark !== "~" || opener.count === 2)) {
      const size = Math.min(2, opener.count);
      opener.count -= size;
      const wrapped = wrap(opener.mark, size, list.slice(at + 1).map(asInline));
      list.splice(at + 1, list.length, ...wrapped);
    }
  }
}

function wrap(mark: string, size: number, children: Inline[]): Inline[] {
  const signs = mark.repeat(size);
  if (depthOf(children) >= MAX_DEPTH) return [signs, ...children, signs];
  return [{ type: mark === "~" ? "del" : size === 2 ? "strong" : "em", children }];
}

const depths = new WeakMap<object, number>();

/** Emphasis is made from the inside out, so each level only looks at the one below. */
function depthOf(children: readonly Inline[]): number {
  let deepest = 0;
  for (const child of children) {
    if (typeof child === "string" || !("children" in child)) continue;
    const depth = depths.get(child) ?? 1 + depthOf(child.children);
    depths.set(child, depth);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function asInline(piece: Piece): Inline {
  return isDelimiter(piece) ? piece.mark.repeat(piece.count) : piece;
}

function isDelimiter(piece: Piece | undefined): piece is Delimiter {
  return typeof piece === "object" && piece.type === "delimiter";
}

/** Whether a run between `outer` and `inner` clings to `inner`. */
function flanks(inner: string, outer: string): boolean {
  if (isSpace(inner)) return false;
  return !isPunctuation(inner) || isSpace(outer) || isPunctuation(outer);
}

function isSpace(character: string): boolean {
  return character === "" || /\s/.test(character);
}

function isPunctuation(character: string): boolean {
  return /[\p{P}\p{S}]/u.test(character);
}
