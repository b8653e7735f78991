import { html, nothing, type TemplateResult } from "lit";
import { statusLabel } from "./connection-status.js";
import { fromChunk } from "./from-chunk.js";
import { closeIcon, markIcon, moreIcon } from "./icons.js";
import { goTo, placeIn } from "./panel-place.js";
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
    ${(view.conversation && view.state.transcript.length > 0) || view.state.mayList ? menu(view) : nothing}
    ${
      close
        ? html`<button type="button" class="icon-button" aria-label=${view.strings.close} @click=${close}>
            ${closeIcon}
          </button>`
        : nothing
    }
  </header>
  ${placeIn(view) === "menu" && !view.chunks.get("extras") ? html`<div class="notice">${fromChunk("extras", view, () => nothing)}</div>` : nothing}`;
}

/** The id of the menu's button. */
export const MENU_BUTTON = "menu-button";

/** The button, and its menu while that is open. */
function menu(view: View): TemplateResult {
  const isOpen = placeIn(view) === "menu";
  const extras = isOpen ? view.chunks.get("extras") : undefined;
  const expect = () => void view.chunks.get("extras");
  // What it shows is there before the focus goes into it.
  const open = () => void view.chunks.tried("extras").then(() => goTo(view, "menu", "menu-new"));
  const toggle = () => (isOpen ? goTo(view, undefined, MENU_BUTTON) : open());
  const press = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    open();
  };
  return html`<button
      type="button"
      class="icon-button"
      part="menu-button"
      id=${MENU_BUTTON}
      aria-label=${view.strings.menu}
      aria-haspopup="menu"
      aria-expanded=${extras ? "true" : "false"}
      @pointerenter=${expect}
      @focus=${expect}
      @click=${toggle}
      @keydown=${press}
    >
      ${moreIcon}
    </button>
    ${extras?.headerMenu(view, MENU_BUTTON)}`;
}
