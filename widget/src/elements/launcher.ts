import { html, type TemplateResult } from "lit";
import { chevronIcon, markIcon } from "./icons.js";
import type { Strings } from "./strings.js";

/** The round button that opens and closes the panel. */
export function launcher(
  opened: boolean,
  unread: boolean,
  strings: Strings,
  toggle: () => void,
): TemplateResult {
  const label = opened ? strings.close : unread ? strings.openLabelUnread : strings.openLabel;
  return html`<button
    type="button"
    class="launcher"
    part="launcher"
    aria-label=${label}
    aria-expanded=${opened ? "true" : "false"}
    aria-controls="panel"
    aria-haspopup="dialog"
    ?data-unread=${unread}
    @click=${toggle}
  >
    <span class="launcher-mark"><slot name="launcher">${markIcon}</slot></span>
    <span class="launcher-close">${chevronIcon}</span>
  </button>`;
}
