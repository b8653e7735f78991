import { html, type TemplateResult } from "lit";
import { visibleCharacters } from "../markdown/visible-characters.js";
import type { ConversationState } from "../state/conversation-state.js";
import { datesIn } from "./dates.js";
import { backIcon } from "./extra-icons.js";
import { warningIcon } from "./icons.js";
import { goTo } from "./panel-place.js";
import type { View } from "./view.js";

type Summary = NonNullable<ConversationState["conversations"]>["items"][number];

/**
 * The visitor's conversations in place of the present one, newest first.
 *
 * @param button id of the menu's button, where the focus goes back to
 */
export function earlierConversations(view: View, button: string): TemplateResult {
  const { strings } = view;
  const back = () => goTo(view, undefined, button);
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    // It leaves the list and not the chat.
    event.preventDefault();
    back();
  };
  return html`<section class="earlier-list" part="conversations" aria-labelledby="earlier-title" @keydown=${press}>
    <header>
      <button type="button" class="icon-button" aria-label=${strings.back} @click=${back}>${backIcon}</button>
      <h3 id="earlier-title" tabindex="-1">${strings.earlierConversations}</h3>
    </header>
    ${content(view)}
  </section>`;
}

function content(view: View): TemplateResult {
  const { state, strings, conversation } = view;
  const { conversations } = state;
  if (conversations?.failed) {
    return html`<div class="failure" role="status">
      ${warningIcon}<span>${strings.notListed}</span>
      <button type="button" class="quiet-button" @click=${() => conversation?.list()}>
        ${strings.tryAgain}
      </button>
    </div>`;
  }
  if (!conversations || (conversations.loading && conversations.items.length === 0)) {
    return html`<p class="hidden" role="status">${strings.loading}</p>
      <div class="skeleton" aria-hidden="true"><span></span><span></span><span></span></div>`;
  }
  // One in which nothing was said is nothing to go back to.
  const shown = conversations.items.filter(({ messageCount }) => messageCount > 0);
  if (shown.length === 0) return html`<p class="aside">${strings.noConversations}</p>`;
  return html`<ul>
    ${shown.map((summary) => html`<li>${entry(summary, view)}</li>`)}
  </ul>`;
}

function entry(summary: Summary, view: View): TemplateResult {
  const { state, conversation, locale, now, strings } = view;
  const { conversationId, title, updatedAt } = summary;
  const isHere = conversationId === state.conversationId;
  const go = () => {
    goTo(view, undefined);
    if (!isHere) conversation?.continue(conversationId);
  };
  const at = Date.parse(updatedAt);
  const day = Number.isNaN(at) ? "" : datesIn(locale).day(at, now);
  return html`<button type="button" aria-current=${isHere ? "true" : "false"} @click=${go}>
    <b dir="auto">${visibleCharacters(title)}</b>
    <span>${isHere ? strings.thisConversation : html`<time datetime=${updatedAt}>${day}</time>`}</span>
  </button>`;
}
