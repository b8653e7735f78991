import { html, nothing, type TemplateResult } from "lit";
import type { VisitorEntry } from "../state/conversation-state.js";
import { errorText } from "./strings.js";
import type { View } from "./view.js";

/** What the visitor wrote, as they wrote it, and how far it got. */
export function visitorMessage(entry: VisitorEntry, view: View): TemplateResult {
  return html`<article class="visitor" part="visitor-message" data-delivery=${entry.delivery}>
    <span class="hidden">${view.strings.you}: </span>
    <p class="bubble" dir="auto">${entry.text}</p>
    ${delivery(entry, view)}
  </article>`;
}

function delivery(entry: VisitorEntry, view: View): TemplateResult | typeof nothing {
  const { strings, conversation } = view;
  if (entry.delivery === "sent") return nothing;
  if (entry.delivery !== "refused") {
    const text = entry.delivery === "waiting" ? strings.waiting : strings.sending;
    return html`<p class="delivery">${text}</p>`;
  }
  const retry = () => conversation?.retry(entry.id);
  const reason = entry.error ? errorText(strings, entry.error.code) : "";
  return html`<p class="delivery" data-tone="bad">
    <span>${strings.notSent} ${reason}</span>
    <button type="button" class="quiet-button" @click=${retry}>${strings.tryAgain}</button>
  </p>`;
}
