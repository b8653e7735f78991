import { html, nothing, type TemplateResult } from "lit";
import type { AgentEntry } from "../state/conversation-state.js";
import { fieldId } from "./drafts.js";
import type { View } from "./view.js";

/** The most that a comment may have. */
const COMMENT_CHARACTERS = 1000;

/** What the comment on an answer is remembered by. */
export function feedbackId(entry: AgentEntry): string {
  return `feedback-${entry.id}`;
}

/** Under a rated answer: a field for a comment, then thanks, or that it was not kept. */
export function feedbackForm(entry: AgentEntry, view: View): TemplateResult | typeof nothing {
  const { strings, conversation, cards } = view;
  const { feedback } = entry;
  if (!feedback) return nothing;
  if (cards.drafts.of(feedbackId(entry)).step === "comment") return field(entry, view);
  if (feedback.state === "failed") {
    const again = () => conversation?.rate(entry.id, feedback.rating, feedback.comment);
    return html`<p class="aside" role="status" data-tone="bad">
      <span>${strings.notRated}</span>
      <button type="button" class="quiet-button" @click=${again}>${strings.tryAgain}</button>
    </p>`;
  }
  if (feedback.comment === undefined) return nothing;
  return html`<p class="aside" role="status">${strings.thanks}</p>`;
}

function field(entry: AgentEntry, { strings, conversation, cards }: View): TemplateResult {
  const { drafts } = cards;
  const card = feedbackId(entry);
  const { reason: draft } = drafts.of(card);
  const rating = entry.feedback?.rating ?? "up";
  const id = fieldId(card, "comment");
  const input = (event: Event) =>
    drafts.change(card, { reason: (event.target as HTMLTextAreaElement).value });
  // What was written is kept.
  const close = () => drafts.change(card, { step: undefined }, fieldId(card, rating));
  const submit = (event: Event) => {
    event.preventDefault();
    const comment = draft.trim();
    close();
    if (comment) conversation?.rate(entry.id, rating, comment);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.isComposing) return;
    // It closes this and not the chat.
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  return html`<form class="comment" part="comment" @submit=${submit} @keydown=${press}>
    <label for=${id}>${strings.comment}</label>
    <textarea
      id=${id}
      rows="2"
      dir="auto"
      maxlength=${COMMENT_CHARACTERS}
      .value=${draft}
      @input=${input}
    ></textarea>
    <button type="submit" class="quiet-button" data-main>${strings.send}</button>
    <button type="button" class="quiet-button" @click=${close}>${strings.notNow}</button>
  </form>`;
}
