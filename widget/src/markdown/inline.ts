/** A piece of a line of text: plain, or marked. */
export type Inline =
  | string
  | { type: "code"; text: string }
  | { type: "break" }
  | { type: "em" | "strong" | "del"; children: Inline[] }
  | LinkInline;

export interface LinkInline {
  type: "link" | "image";
  target: string;
  children: Inline[];
  /** As it was written, for a link that may not be one. */
  raw: string;
}

/** The text without its marks. */
export function plainText(pieces: readonly Inline[]): string {
  return pieces.map(textOf).join("");
}

function textOf(piece: Inline): string {
  if (typeof piece === "string") return piece;
  if (piece.type === "break") return "\n";
  return piece.type === "code" ? piece.text : plainText(piece.children);
}
