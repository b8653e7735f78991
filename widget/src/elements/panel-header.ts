import { html, nothing, type TemplateResult } from "lit";
import { statusLabel } from "./connection-status.js";
import { closeIcon, markIcon } from "./icons.js";
import type { View } from "./view.js";

/** Who is there, whether they can be reached, and the way out. */
export function panelHeader(view: View, close: (() => void) | undefined): TemplateResult {
  const { tone, text } = statusLabel(view);
  return html`<header class="header" part="header">
    <span class="avatar" part="avatar"><slot name="avatar">${markIcon}</slot></span>
    <div class="who">
      <h2 class="name" dir="auto">${view.agentName}</h2>
      <p class="status" data-tone=${tone}><span class="dot"></span>${text}</p>
    </div>
    ${
      close
        ? html`<button type="button" class="icon-button" aria-label=${view.strings.close} @click=${close}>
            ${closeIcon}
          </button>`
        : nothing
    }
  </header>`;
}
