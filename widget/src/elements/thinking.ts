import { html, type TemplateResult } from "lit";
import type { View } from "./view.js";

/** Says that something is on its way. */
export function thinking({ strings }: View): TemplateResult {
  return html`<span class="thinking"><span class="hidden">${strings.thinking}</span><i></i><i></i><i></i></span>`;
}
