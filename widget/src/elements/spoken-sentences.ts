const LINE_MARKS = /^(?:\s*(?:>|#{1,6}(?=\s)|[-*+](?=\s)|\d{1,9}[.)](?=\s)|\[[ xX]\](?=\s)))*\s*/;
const FENCE = /^[\s>]*(`{3,}|~{3,})/;
const IMAGE = String.raw`!\[[^[\]]*\]\([^()]*\)`;
const LINK = String.raw`!?\[((?:${IMAGE}|[^[\]])*)\]\((?:[^()]|\([^()]*\))*\)`;
const ADDRESS = String.raw`<?https?:\/\/([^\s/?#<>]+)(?:[/?#][^\s<>]*[^\s<>.,;:!?)])?>?`;
const ESCAPE = "\\\\([!-/:-@[-`{-~])";
const CODE = "(?<!`)(`{1,3})(?!`)(.+?)(?<!`)\\3(?!`)";
const EMPHASIS = String.raw`[*~]+(?=\S)|(?<=\S)[*~]+|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])`;

/** Everything in a line that is not read out as it is written. */
const INLINE = new RegExp([LINK, ADDRESS, CODE, ESCAPE, EMPHASIS, "`+"].join("|"), "gu");
/** What may still become part of a link or of code when the line goes on. */
const UNDECIDED = /`|!?\[/;
const CONSTRUCT = new RegExp([LINK, ADDRESS, CODE, ESCAPE].join("|"), "gu");

/**
 * The sentences of a text in Markdown as they are read out. While the text grows, those that come out
 * never change: more are added at the end.
 *
 * @param isWhole whether the text has come to its end
 * @param code what is said in place of a block of code
 */
export function spokenSentences(
  text: string,
  isWhole: boolean,
  locale: string | undefined,
  code: string,
): string[] {
  const segmenter = new Intl.Segmenter(locale, { granularity: "sentence" });
  const lines = text.split(/\r?\n/);
  const growing = isWhole ? undefined : lines.pop();
  const said: string[] = [];
  let fence: string | undefined;
  for (const line of lines) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence)) fence = undefined;
    } else if (mark) {
      fence = mark;
      said.push(code);
    } else said.push(...segments(segmenter, readOut(line)));
  }
  if (fence === undefined && growing) said.push(...settled(segmenter, growing));
  return said
    .map((each) => each.trim())
    .filter((each) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(each));
}

function segments(segmenter: Intl.Segmenter, text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** A sentence is over for sure once a letter came after it: until then the next word may continue it. */
function settled(segmenter: Intl.Segmenter, line: string): string[] {
  const all = segments(segmenter, readOut(decided(line)));
  const last = all.findLastIndex((each) => /\p{L}/u.test(each));
  return all.slice(0, Math.max(0, last));
}

/** The beginning of a growing line that reads the same whatever follows. */
function decided(line: string): string {
  // Whether it is a row, and of what, shows at its end.
  if (/^[\s>]*[|`~]/.test(line)) return "";
  const words = line.slice(0, line.search(/\S*$/));
  const open = words.replace(CONSTRUCT, (all) => " ".repeat(all.length)).search(UNDECIDED);
  return open < 0 ? words : words.slice(0, open);
}

function readOut(line: string): string {
  const words = line.replace(LINE_MARKS, "");
  if (!words.startsWith("|")) return withoutMarks(words);
  const cells = words.split("|").map((cell) => withoutMarks(cell).trim());
  return cells.some((cell) => /[^\s:-]/.test(cell)) ? cells.filter(Boolean).join(", ") : "";
}

function withoutMarks(text: string): string {
  return text.replace(
    INLINE,
    (_, label?: string, host?: string, _ticks?: string, code?: string, escaped?: string) =>
      label === undefined ? (host ?? code ?? escaped ?? "") : withoutMarks(label),
  );
}
