import { html, type TemplateResult } from "lit";
import type { VisitorEntry } from "../state/conversation-state.js";
import { errorText } from "./strings.js";
import { composerField, fill } from "./last-question.js";
import { actionsComing } from "./no-actions.js";
import type { View } from "./view.js";

/**
 * What the visitor wrote, as they wrote it, and how far it got.
 *
 * @param isLast whether it is their last one
 */
export function visitorMessage(entry: VisitorEntry, view: View, isLast: boolean): TemplateResult {
  return html`<article class="visitor" part="visitor-message" data-delivery=${entry.delivery}>
    <span class="hidden">${view.strings.you}: </span>
    <p class="bubble" dir="auto">${entry.text}</p>
    ${entry.delivery === "sent" ? actions(entry, view, isLast) : delivery(entry, view)}
  </article>`;
}

function actions(entry: VisitorEntry, view: View, isLast: boolean): unknown {
  return view.chunks.get("actions")?.questionActions(entry, view, isLast) ?? actionsComing;
}

function delivery(entry: VisitorEntry, view: View): TemplateResult {
  const { strings, conversation } = view;
  if (entry.delivery === "sending") return html`<p class="delivery">${strings.sending}</p>`;
  if (entry.delivery === "waiting") {
    const { waitsFor = "connection" } = entry;
    const reason = {
      connection: strings.waiting,
      answer: strings.queued,
      question: strings.heldBack,
    };
    return html`<p class="delivery">
      <span>${reason[waitsFor]}</span>
      <button type="button" class="quiet-button" @click=${(event: Event) => takeBack(event, entry, view)}>
        ${strings.takeBack}
      </button>
    </p>`;
  }
  const retry = () => conversation?.retry(entry.id);
  const edit = (event: Event) => takeBack(event, entry, view);
  const reason = entry.error ? errorText(strings, entry.error.code) : "";
  // The same words would be refused again.
  const [label, press] =
    entry.error?.code === "VALIDATION_ERROR" ? [strings.edit, edit] : [strings.tryAgain, retry];
  return html`<p class="delivery" data-tone="bad">
    <span>${strings.notSent} ${reason}</span>
    <button type="button" class="quiet-button" @click=${press}>${label}</button>
  </p>`;
}

/** Takes the message out of the conversation and into the composer; what is being written there stays above it. */
function takeBack(event: Event, entry: VisitorEntry, { conversation }: View): void {
  const field = composerField(event);
  const text = conversation?.unsend(entry.id);
  if (field && text !== undefined) fill(field, [field.value, text].filter(Boolean).join("\n"));
}
