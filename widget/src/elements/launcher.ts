import { html, nothing, type TemplateResult } from "lit";
import { asked } from "./cards.js";
import { chevronIcon, markIcon } from "./icons.js";
import type { View } from "./view.js";

/** The round button that opens and closes the panel; closed, it counts what waits for the visitor. */
export function launcher(
  { state, strings }: View,
  opened: boolean,
  unread: number,
  toggle: () => void,
): TemplateResult {
  const waiting = opened ? 0 : asked(state).length + (state.otp?.status === "sent" ? 1 : 0);
  const told = unread > 0 ? strings.openLabelUnread : strings.openLabel;
  const label = waiting > 0 ? strings.openLabelWaiting(told, waiting) : told;
  return html`<button
    type="button"
    class="launcher"
    part="launcher"
    aria-label=${opened ? strings.close : label}
    aria-expanded=${opened ? "true" : "false"}
    aria-controls="panel"
    aria-haspopup="dialog"
    ?data-unread=${unread + waiting > 0}
    @click=${toggle}
  >
    <span class="launcher-drawing">
      <span class="launcher-mark"><slot name="launcher">${markIcon}</slot></span>
      <span class="launcher-close">${chevronIcon}</span>
    </span>
    ${waiting > 0 ? html`<b class="badge">${waiting}</b>` : nothing}
  </button>`;
}
