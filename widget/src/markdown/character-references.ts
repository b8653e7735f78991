const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00A0",
  hellip: "…",
  ndash: "–",
  mdash: "—",
  euro: "€",
};

const REFERENCE = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(\w{2,8}));/y;

/** Reads `&amp;`, `&#38;` or `&#x26;` at this place; names that are not in common use stay as written. */
export function characterReference(
  text: string,
  at: number,
): { written: string; character: string } {
  REFERENCE.lastIndex = at;
  const [written, decimal, hex, name] = REFERENCE.exec(text) ?? [];
  if (!written) return { written: "&", character: "&" };
  if (name)
    return { written, character: Object.hasOwn(NAMED, name) ? (NAMED[name] ?? "") : written };
  const code = decimal ? Number(decimal) : Number.parseInt(hex ?? "", 16);
  const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return { written, character: valid ? String.fromCodePoint(code) : "\uFFFD" };
}
