import type { LinkDefinitions } from "./block.js";

const INLINE =
  /\(\s*(?:<([^<>\n]*)>|((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*\))*))(?:\s+(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?\s*\)/sy;
const REFERENCE = /\[([^[\]]{0,200})\]/y;
const ADDRESS = /(?:https?:\/\/|www\.)[^\s<>"`|]+/iy;
const MAIL_HOST = /@[a-z\d-]+(?:\.[a-z\d-]+)+/iy;

/** What follows a label: where the link leads (undefined while it is half written) and where it ends. */
export interface LinkTarget {
  target: string | undefined;
  end: number;
}

/**
 * Reads what follows the label `text[from..close)`, whose bracket closes at `close`.
 *
 * @param open whether the text still grows, so that a target which is cut off is one to come
 */
export function linkTarget(
  text: string,
  from: number,
  close: number,
  links: LinkDefinitions,
  open: boolean,
): LinkTarget | undefined {
  const after = close + 1;
  const inline = matchAt(INLINE, text, after);
  if (inline) {
    const target = (inline[1] ?? inline[2] ?? "").replace(/\\([!-/:-@[-`{-~])/g, "$1");
    return { target, end: after + inline[0].length };
  }
  const label = text.slice(from, close);
  const reference = matchAt(REFERENCE, text, after);
  const target = links.get((reference?.[1] || label).toLowerCase());
  if (target) return { target, end: after + (reference?.[0].length ?? 0) };
  if (!open || text.includes("\n", after)) return undefined;
  const half = after === text.length || (text[after] === "(" && isCutOff(text, after));
  return half ? { target: undefined, end: text.length } : undefined;
}

/**
 * An address in running text, without the punctuation of the sentence around it.
 *
 * @param inLabel whether a bracket is open, which the address must not run over
 */
export function bareAddress(text: string, at: number, inLabel: boolean): string | undefined {
  if (/[\p{L}\p{N}]/u.test(text[at - 1] ?? "")) return undefined;
  let address = matchAt(ADDRESS, text, at)?.[0] ?? "";
  if (inLabel) address = address.replace(/\].*/s, "");
  for (let before = ""; before !== address;) {
    before = address;
    address = address.replace(/[?!.,:;*_~'"]+$/, "");
    if (address.endsWith(")") && count(address, ")") > count(address, "("))
      address = address.slice(0, -1);
    if (address.endsWith("]")) address = address.slice(0, -1);
  }
  return /^(?:https?:\/\/[^/?#]|www\.[^.]+\.)/i.test(address) ? address : undefined;
}

/** A mail address around the `@` at this place. */
export function bareMail(text: string, at: number): { local: string; address: string } | undefined {
  const local = /(?<![\w.+-])[a-z\d][\w.+-]*$/i.exec(text.slice(Math.max(0, at - 65), at))?.[0];
  const host = matchAt(MAIL_HOST, text, at)?.[0];
  return local && host ? { local, address: local + host } : undefined;
}

function isCutOff(text: string, at: number): boolean {
  let depth = 0;
  for (const character of text.slice(at)) {
    if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    if (depth === 0) return false;
  }
  return true;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
