import { html, nothing, type TemplateResult } from "lit";
import { safeLink } from "./safe-link.js";

/** How a link is shown. */
export interface LinkLook {
  /** What it reads as; by default what it says. */
  label?: unknown;
  /** Whether it stands for a picture. */
  image?: boolean;
}

/**
 * Draws a link that leads where the reader can see: the one way in which links come into a conversation.
 *
 * @param target the address as it was written
 * @param said what the link says; where that is not the address, the real host is shown too
 * @returns undefined for an address that may not be a link
 */
export function renderLink(
  target: string,
  said: string,
  { label = said, image = false }: LinkLook = {},
): TemplateResult | undefined {
  const link = safeLink(target, said);
  if (!link) return undefined;
  // The space is for who hears or copies it.
  const shown = link.destination
    ? html` <bdi class="destination">${link.destination}</bdi>`
    : nothing;
  return html`<a
    class=${image ? "image" : nothing}
    href=${link.href}
    target="_blank"
    rel="noopener noreferrer nofollow ugc"
    ><bdi class="label">${label}</bdi>${shown}</a
  >`;
}
