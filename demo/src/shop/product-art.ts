import { html, type Html } from "./html.js";

/** The small drawings the shop has for what it sells. */
export type ProductArt = "mug" | "tin" | "dripper" | "box" | "teapot" | "bowl" | "towel" | "scoop";

/** A drawing on a 64 by 64 sheet, coloured by the style sheet (`glaze`, `shade`, `line`). */
export function drawProduct(art: ProductArt): Html {
  return html`<svg class="art art-${art}" viewBox="0 0 64 64" aria-hidden="true">
    ${drawings[art]}
  </svg>`;
}

const drawings: Record<ProductArt, Html> = {
  mug: html`<path class="line" d="M43 27h4a7 7 0 0 1 0 14h-5" />
    <path class="glaze" d="M16 20h28v22a9 9 0 0 1-9 9H25a9 9 0 0 1-9-9z" />
    <path class="shade" d="M16 37c5 4 9-2 14 1s9-2 14 0v4a9 9 0 0 1-9 9H25a9 9 0 0 1-9-9z" />
    <path class="line" d="M25 15c-2-2 2-3 0-6M34 15c-2-2 2-3 0-6" />`,
  tin: html`<path class="glaze" d="M19 22h26v28a3 3 0 0 1-3 3H22a3 3 0 0 1-3-3z" />
    <path class="shade" d="M21 12h22a2 2 0 0 1 2 2v8H19v-8a2 2 0 0 1 2-2z" />
    <path class="paper" d="M24 30h16v14H24z" />
    <path class="line" d="M32 41c0-4 1-6 4-8-4 0-6 2-6 5" />`,
  dripper: html`<path class="glaze" d="M12 16h40L38 40H26z" />
    <path class="shade" d="M20 40h24a3 3 0 0 1 0 6H20a3 3 0 0 1 0-6z" />
    <path class="line" d="M20 16l8 24M32 16v24M44 16l-8 24M32 50v6" />`,
  box: html`<path class="glaze" d="M14 22l18-8 18 8v22l-18 8-18-8z" />
    <path class="shade" d="M32 30v22l18-8V22z" />
    <path class="line" d="M14 22l18 8 18-8M23 18l18 8" />`,
  teapot: html`<path class="line" d="M17 26c-8-1-9 14 1 16" />
    <path class="glaze" d="M45 33l9-9c2-1 3 1 2 3L46 44z" />
    <path class="glaze" d="M32 20c11 0 17 7 17 16s-6 16-17 16-17-7-17-16 6-16 17-16z" />
    <path class="shade" d="M16 40c8 4 12-3 18 0s9-1 14 1c-2 7-8 11-16 11s-14-4-16-12z" />
    <path class="shade" d="M23 22c2-4 16-4 18 0-4 3-14 3-18 0z" />
    <circle class="glaze" cx="32" cy="16" r="3.5" />`,
  bowl: html`<path class="glaze" d="M9 26h46c0 14-9 22-17 23H26C18 48 9 40 9 26z" />
    <path class="shade" d="M12 36h40c-3 8-9 12-14 13H26c-5-1-11-5-14-13z" />
    <path class="shade" d="M25 49h14v4H25z" />`,
  towel: html`<path class="glaze" d="M14 12h30a6 6 0 0 1 6 6v34H20V18a6 6 0 0 0-6-6z" />
    <path class="shade" d="M14 12a6 6 0 0 0-6 6v4h12v-4a6 6 0 0 0-6-6z" />
    <path class="line" d="M20 40h30M20 45h30M25 52v4M32 52v4M39 52v4M46 52v4" />`,
  scoop: html`<path class="line" d="M40 24L54 10" />
    <path class="glaze" d="M42 22c6 8 1 20-8 25S14 50 12 44s2-12 10-18 16-9 20-4z" />
    <path class="shade" d="M37 28c4 5 0 12-7 16s-13 3-14 0 2-8 8-12 11-7 13-4z" />`,
};
