import { html, nothing, type TemplateResult } from "lit";
import type { LinkDefinitions } from "./block.js";
import { type Inline, type LinkInline, plainText } from "./inline.js";
import { readInline } from "./read-inline.js";
import { safeLink } from "./safe-link.js";

/** What a piece of markdown becomes: text, a template, or a list of them. */
export type Rendered = string | TemplateResult | typeof nothing | Rendered[];

/** Renders the inline marks of one block's text: never HTML, never an image, only safe links. */
export function renderInline(text: string, links: LinkDefinitions, open = false): Rendered {
  return readInline(text, links, open).map(renderPiece);
}

function renderPiece(piece: Inline): Rendered {
  if (typeof piece === "string") return piece;
  switch (piece.type) {
    case "code":
      return html`<code dir="auto">${piece.text}</code>`;
    case "break":
      return html`<br />`;
    case "strong":
      return html`<strong>${piece.children.map(renderPiece)}</strong>`;
    case "em":
      return html`<em>${piece.children.map(renderPiece)}</em>`;
    case "del":
      return html`<del>${piece.children.map(renderPiece)}</del>`;
    default:
      return renderLink(piece);
  }
}

/** A picture is a link too: loading it would tell its server that, when and what was answered. */
function renderLink(piece: LinkInline): Rendered {
  const image = piece.type === "image";
  const link = safeLink(piece.target, image ? "" : plainText(piece.children));
  if (!link) return piece.raw;
  const shown = link.destination
    ? html`<bdi class="destination">${link.destination}</bdi>`
    : nothing;
  return html`<a
    class=${image ? "image" : nothing}
    href=${link.href}
    target="_blank"
    rel="noopener noreferrer nofollow ugc"
    ><bdi class="label">${piece.children.map(renderPiece)}</bdi>${shown}</a
  >`;
}
