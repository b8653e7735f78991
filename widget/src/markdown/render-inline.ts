import { html, type nothing, type TemplateResult } from "lit";
import type { LinkDefinitions } from "./block.js";
import { type Inline, type LinkInline, plainText } from "./inline.js";
import { readInline } from "./read-inline.js";
import { renderLink } from "./render-link.js";

/** What a piece of markdown becomes: text, a template, or a list of them. */
export type Rendered = string | TemplateResult | typeof nothing | Rendered[];

/** Renders the inline marks of one block's text: never HTML, never an image, only safe links. */
export function renderInline(text: string, links: LinkDefinitions, open = false): Rendered {
  return renderAll(readInline(text, links, open));
}

/** Neighbouring texts become one node: thousands of them would hold the browser up. */
function renderAll(pieces: readonly Inline[]): Rendered[] {
  const rendered: Rendered[] = [];
  for (const piece of pieces) {
    const last = rendered.at(-1);
    if (typeof piece === "string" && typeof last === "string")
      rendered[rendered.length - 1] = last + piece;
    else rendered.push(renderPiece(piece));
  }
  return rendered;
}

function renderPiece(piece: Inline): Rendered {
  if (typeof piece === "string") return piece;
  switch (piece.type) {
    case "code":
      return html`<code dir="auto">${piece.text}</code>`;
    case "break":
      return html`<br />`;
    case "strong":
      return html`<strong>${renderAll(piece.children)}</strong>`;
    case "em":
      return html`<em>${renderAll(piece.children)}</em>`;
    case "del":
      return html`<del>${renderAll(piece.children)}</del>`;
    default:
      return linkOrText(piece);
  }
}

/** A picture is a link too: loading it would tell its server that, when and what was answered. */
function linkOrText({ type, target, children, raw }: LinkInline): Rendered {
  const image = type === "image";
  const label = renderAll(children);
  return renderLink(target, image ? "" : plainText(children), { label, image }) ?? raw;
}
