import { html, nothing, type TemplateResult } from "lit";
import type { View } from "./view.js";

/** Buttons with what the visitor could say; a press sends it as it reads. */
export function starters(
  texts: readonly string[] | undefined,
  view: View,
): TemplateResult | typeof nothing {
  if (!texts?.length) return nothing;
  return html`<ul class="starters">
    ${texts.map((text) => {
      const send = () => view.send(text);
      return html`<li>
        <button type="button" class="starter" part="starter" dir="auto" @click=${send}>${text}</button>
      </li>`;
    })}
  </ul>`;
}
