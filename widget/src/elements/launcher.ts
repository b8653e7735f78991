import { html, nothing, type TemplateResult } from "lit";
import { asked } from "./cards.js";
import { chevronIcon, markIcon } from "./icons.js";
import type { View } from "./view.js";

/** What the launcher shows of the element. */
export interface LauncherState {
  opened: boolean;
  /** How much came while the panel was closed. */
  unread: number;
  /** Words beside the drawing. */
  label: string | undefined;
  toggle: () => void;
  /** The visitor may be about to press it. */
  near: () => void;
}

/** The button that opens and closes the panel; closed, it counts what is new and what waits for the visitor. */
export function launcher(
  { state, strings, locale }: View,
  { opened, unread, label, toggle, near }: LauncherState,
): TemplateResult {
  const waiting = opened ? 0 : asked(state).length + (state.otp?.status === "sent" ? 1 : 0);
  // What waits may be among what is new.
  const count = Math.max(unread, waiting);
  const told = unread > 0 ? strings.openLabelUnread : strings.openLabel;
  const name = waiting > 0 ? strings.openLabelWaiting(told, waiting) : told;
  const shown = label && !opened ? label : undefined;
  return html`<button
    type="button"
    class="launcher"
    lang=${locale}
    part="launcher"
    aria-label=${opened ? strings.close : shown ? `${shown}: ${name}` : name}
    aria-expanded=${opened ? "true" : "false"}
    aria-controls="panel"
    aria-haspopup="dialog"
    ?data-unread=${count > 0}
    @click=${toggle}
    @pointerenter=${near}
    @focus=${near}
  >
    <span class="launcher-drawing">
      <span class="launcher-mark"><slot name="launcher">${markIcon}</slot></span>
      <span class="launcher-close">${chevronIcon}</span>
    </span>
    ${shown ? html`<span class="launcher-label" part="launcher-label">${shown}</span>` : nothing}
    ${count > 0 ? html`<b class="badge" part="badge">${count > 99 ? "99+" : count}</b>` : nothing}
  </button>`;
}
