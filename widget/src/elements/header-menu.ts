import { html, nothing, type TemplateResult } from "lit";
import { goTo, placeIn } from "./panel-place.js";
import type { View } from "./view.js";

/**
 * The open menu of the header, by the menu pattern of the ARIA Authoring Practices.
 *
 * @param button id of the button that opened it, where the focus goes back to
 */
export function headerMenu(view: View, button: string): TemplateResult {
  const { strings, state, conversation } = view;
  const begin = () => {
    goTo(view, undefined, button);
    conversation?.startNew();
  };
  const list = () => {
    conversation?.list();
    goTo(view, "earlier", "earlier-title");
  };
  // What is pressed outside has the focus then.
  const leave = ({ relatedTarget, currentTarget }: FocusEvent) => {
    const stays =
      relatedTarget instanceof Node && (currentTarget as Element).contains(relatedTarget);
    const isButton = relatedTarget instanceof Element && relatedTarget.id === button;
    // Where an item led is not left for it.
    if (!stays && !isButton && placeIn(view) === "menu") goTo(view, undefined);
  };
  return html`<div
    class="menu"
    part="menu"
    role="menu"
    aria-labelledby=${button}
    @keydown=${(event: KeyboardEvent) => press(event, () => goTo(view, undefined, button))}
    @focusout=${leave}
  >
    ${item("menu-new", strings.newConversation, begin)}
    ${state.activeTurnId === undefined ? nothing : html`<p class="menu-note">${strings.goesOn}</p>`}
    ${state.mayList ? item("menu-earlier", strings.earlierConversations, list) : nothing}
  </div>`;
}

function item(id: string, label: string, act: () => void): TemplateResult {
  return html`<button type="button" role="menuitem" id=${id} tabindex="-1" @click=${act}>${label}</button>`;
}

function press(event: KeyboardEvent, close: () => void): void {
  const items = [
    ...(event.currentTarget as Element).querySelectorAll<HTMLElement>("[role=menuitem]"),
  ];
  const here = items.indexOf(event.target as HTMLElement);
  const next = {
    ArrowDown: (here + 1) % items.length,
    ArrowUp: here - 1,
    Home: 0,
    End: -1,
  }[event.key];
  if (next !== undefined) {
    event.preventDefault();
    items.at(next)?.focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    // Tab goes on from the button.
    if (event.key === "Escape") event.preventDefault();
    close();
  }
}
