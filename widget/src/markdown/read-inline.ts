import type { LinkDefinitions } from "./block.js";
import { characterReference } from "./character-references.js";
import { delimiter, type Piece, resolveEmphasis } from "./emphasis.js";
import type { Inline } from "./inline.js";
import { bareAddress, bareMail, linkTarget } from "./link-syntax.js";

const SPECIAL = /[\\`*_~[\]!<&@]|https?:\/\/|www\./gi;

interface Bracket {
  image: boolean;
  /** Where its content begins, in the text and among the pieces. */
  from: number;
  index: number;
  /** Links hold no links: the brackets around one are only text. */
  dead: boolean;
}

/**
 * Reads the inline marks of one block's text.
 *
 * @param open whether the text still grows: what was begun counts as ended, and a half link is its
 * label
 */
export function readInline(text: string, links: LinkDefinitions, open = false): Inline[] {
  const pieces: Piece[] = [];
  const brackets: Bracket[] = [];
  let at = 0;

  while (at < text.length) {
    SPECIAL.lastIndex = at;
    const found = SPECIAL.exec(text);
    const next = found?.index ?? text.length;
    if (next > at) push(text.slice(at, next));
    at = next;
    if (found) at = readSpecial(found[0]);
  }
  for (const bracket of brackets.toReversed()) {
    const growing = open && !text.includes("\n", bracket.from);
    pieces[bracket.index] = growing
      ? ""
      : text.slice(bracket.from - (bracket.image ? 2 : 1), bracket.from);
  }
  return resolveEmphasis(pieces, open);

  /** Reads what begins at `at` and returns where it ends. */
  function readSpecial(sign: string): number {
    switch (sign) {
      case "\\":
        return readEscape();
      case "`":
        return readCode();
      case "*":
      case "_":
      case "~":
        return readRun(sign);
      case "!":
        return text[at + 1] === "[" ? openBracket(true) : plain(1);
      case "[":
        return openBracket(false);
      case "]":
        return closeBracket();
      case "<":
        return readAngle();
      case "&":
        return readReference();
      case "@":
        return readMail();
      default:
        return readAddress();
    }
  }

  function push(piece: Piece): void {
    const last = pieces.at(-1);
    if (
      typeof piece === "string" &&
      typeof last === "string" &&
      pieces.length > (brackets.at(-1)?.index ?? -1) + 1
    ) {
      pieces[pieces.length - 1] = last + piece;
    } else pieces.push(piece);
  }

  function plain(length: number): number {
    push(text.slice(at, at + length));
    return at + length;
  }

  function readEscape(): number {
    const next = text[at + 1] ?? "";
    if (!/[!-/:-@[-`{-~\n]/.test(next)) return plain(1);
    push(next === "\n" ? { type: "break" } : next);
    return at + 2;
  }

  function readCode(): number {
    const run = runAt("`");
    const end = closingRun(at + run, run);
    if (end < 0 && !open) return plain(run);
    const code = text.slice(at + run, end < 0 ? text.length : end).replaceAll("\n", " ");
    const padded = /^ .*[^ ].* $/.test(code) ? code.slice(1, -1) : code;
    if (padded !== "") push({ type: "code", text: end < 0 ? padded.replace(/`+$/, "") : padded });
    return end < 0 ? text.length : end + run;
  }

  function closingRun(from: number, length: number): number {
    for (let start = text.indexOf("`", from); start >= 0;) {
      let end = start;
      while (text[end] === "`") end += 1;
      if (end - start === length) return start;
      start = text.indexOf("`", end);
    }
    return -1;
  }

  function readRun(mark: string): number {
    const length = runAt(mark);
    const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? "";
    const after = [...text.slice(at + length, at + length + 2)][0] ?? "";
    const run = delimiter(mark, length, before, after);
    const usable =
      (run.opens || run.closes || at + length === text.length) && (mark !== "~" || length === 2);
    if (!usable) return plain(length);
    push(run);
    return at + length;
  }

  function runAt(mark: string): number {
    let end = at;
    while (text[end] === mark) end += 1;
    return end - at;
  }

  function openBracket(image: boolean): number {
    const from = at + (image ? 2 : 1);
    brackets.push({ image, from, index: pieces.length, dead: false });
    pieces.push("");
    return from;
  }

  function closeBracket(): number {
    const bracket = brackets.pop();
    if (!bracket) return plain(1);
    const { image, from, index } = bracket;
    const sign = text.slice(from - (image ? 2 : 1), from);
    const found = bracket.dead ? undefined : linkTarget(text, from, at, links, open);
    if (!found) {
      pieces[index] = sign;
      return plain(1);
    }
    const children = unlinked(resolveEmphasis(pieces.splice(index + 1), false));
    pieces.length = index;
    if (found.target === undefined) pieces.push(...children);
    else {
      const raw = sign + text.slice(from, found.end);
      pieces.push({ type: image ? "image" : "link", target: found.target, children, raw });
      if (!image) for (const outer of brackets) outer.dead ||= !outer.image;
    }
    return found.end;
  }

  function readAngle(): number {
    const match = /<(?:(br)\s*\/?|([a-z][a-z\d+.-]{1,31}:[^\s<>]*)|([\w.+-]+@[\w.-]+))>/iy;
    match.lastIndex = at;
    const [whole, lineBreak, address, mail] = match.exec(text) ?? [];
    if (!whole) return plain(1);
    if (lineBreak) push({ type: "break" });
    else link(address ?? mail ?? "", address ?? `mailto:${mail}`, whole);
    return at + whole.length;
  }

  function readReference(): number {
    const { written, character } = characterReference(text, at);
    push(character);
    return at + written.length;
  }

  function readAddress(): number {
    const address = bareAddress(text, at, brackets.length > 0);
    if (!address || (open && at + address.length === text.length))
      return plain(address?.length ?? 1);
    link(address, /^www/i.test(address) ? `https://${address}` : address, address);
    return at + address.length;
  }

  function readMail(): number {
    const mail = bareMail(text, at);
    const last = pieces.at(-1);
    const end = mail ? at - mail.local.length + mail.address.length : at;
    if (!mail || typeof last !== "string" || !last.endsWith(mail.local)) return plain(1);
    if (open && end === text.length) return plain(1);
    pieces[pieces.length - 1] = last.slice(0, -mail.local.length);
    link(mail.address, `mailto:${mail.address}`, mail.address);
    return end;
  }

  function link(label: string, target: string, raw: string): void {
    pieces.push({ type: "link", target, children: [label], raw });
  }
}

/** What stands inside a link is no link of its own. */
function unlinked(children: Inline[]): Inline[] {
  return children.flatMap((child) =>
    typeof child === "object" && child.type === "link" ? child.children : [child],
  );
}
