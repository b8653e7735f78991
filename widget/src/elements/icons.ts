import { svg, html, type TemplateResult } from "lit";
import { MARK_PATH } from "./mark.js";

/** A line drawing in a 24 by 24 field; it takes its colour and size from where it stands. */
export function icon(shape: TemplateResult, name: string): TemplateResult {
  return html`<svg class="icon icon-${name}" viewBox="0 0 24 24" aria-hidden="true">${shape}</svg>`;
}

/** The mark of the product: a speech bubble with a calm wave in it. */
export const markIcon = icon(svg`<path d=${MARK_PATH} />`, "mark");
export const closeIcon = icon(svg`<path d="m6.5 6.5 11 11m0-11-11 11"/>`, "close");
export const moreIcon = icon(svg`<path d="M6 12h.01M12 12h.01M18 12h.01"/>`, "more");
export const downIcon = icon(svg`<path d="M12 5.5v13m-5.5-5.5 5.5 5.5 5.5-5.5"/>`, "down");
export const chevronIcon = icon(svg`<path d="m6.5 9.5 5.5 5.5 5.5-5.5"/>`, "chevron");
export const sendIcon = icon(svg`<path d="M12 19V5.5M6 11.3 12 5.3l6 6"/>`, "send");
export const stopIcon = icon(svg`<rect x="7" y="7" width="10" height="10" rx="2"/>`, "stop");
export const checkIcon = icon(svg`<path d="m5.5 12.5 4.3 4.3 8.7-9.3"/>`, "check");
export const crossIcon = icon(svg`<path d="m7.5 7.5 9 9m0-9-9 9"/>`, "cross");
export const clockIcon = icon(
  svg`<circle cx="12" cy="12" r="8"/><path d="M12 7.7V12l2.8 1.9"/>`,
  "clock",
);
export const questionIcon = icon(
  svg`<circle cx="12" cy="12" r="8"/><path d="M9.8 9.9c.2-1.2 1.1-1.9 2.3-1.9 1.3 0 2.2.8 2.2 1.9 0 1.7-2.2 1.7-2.2 3.3m0 2.6v.1"/>`,
  "question",
);
export const warningIcon = icon(
  svg`<path d="M12 4.5c.6 0 1.1.3 1.4.8l6.3 11.2c.6 1-.1 2.3-1.3 2.3H5.6c-1.2 0-1.9-1.3-1.3-2.3l6.3-11.2c.3-.5.8-.8 1.4-.8ZM12 9.7v3.7m0 2.5v.1"/>`,
  "warning",
);
export const shieldIcon = icon(
  svg`<path d="M12 3.8 5.5 6.3v5.2c0 4 2.7 7 6.5 8.7 3.8-1.7 6.5-4.7 6.5-8.7V6.3L12 3.8Z"/><path d="m9.3 11.9 2 2 3.5-3.7"/>`,
  "shield",
);
export const spinnerIcon = icon(
  svg`<circle class="track" cx="12" cy="12" r="7.5"/><path d="M12 4.5a7.5 7.5 0 0 1 7.5 7.5"/>`,
  "spinner",
);
