import { html, nothing, svg, type TemplateResult } from "lit";
import type { AgentEntry, TranscriptEntry, VisitorEntry } from "../state/conversation-state.js";
import { editIcon } from "./card-icons.js";
import { copyText } from "./copy-text.js";
import { datesIn } from "./dates.js";
import { fieldId } from "./drafts.js";
import { feedbackForm, feedbackId } from "./feedback-form.js";
import { checkIcon, icon } from "./icons.js";
import { composerField, editLast, mayEditLast } from "./last-question.js";
import type { View } from "./view.js";

/** What can be done with a finished answer, and when it was given. */
export function answerActions(entry: AgentEntry, view: View, isLast: boolean): TemplateResult {
  const text = entry.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
  return html`<div class="actions" ?data-last=${isLast}>
      ${text.trim() ? copyButton(text, view) : nothing} ${thumbs(entry, view)}
      <slot name="message-actions-${entry.id}"></slot>
      ${isLast ? html`<slot name="message-actions"></slot>` : nothing} ${timeOf(entry, view)}
    </div>
    ${feedbackForm(entry, view)}`;
}

/** What can be done with a message of the visitor's own, and when it was sent. */
export function questionActions(entry: VisitorEntry, view: View, isLast: boolean): TemplateResult {
  const edit = (event: Event) => {
    const field = composerField(event);
    if (field) editLast(view, field);
  };
  return html`<div class="actions" ?data-last=${isLast}>
    ${timeOf(entry, view)}
    ${isLast && mayEditLast(view) ? action(view.strings.editLast, edit, editIcon) : nothing}
    ${copyButton(entry.text, view)}
  </div>`;
}

/** The time of day at which an entry came; its day is told above it. */
function timeOf({ at }: TranscriptEntry, view: View): TemplateResult | typeof nothing {
  const time = datesIn(view.locale).time(at);
  return time
    ? html`<time class="at" datetime=${new Date(at).toISOString()}>${time}</time>`
    : nothing;
}

function thumbs(entry: AgentEntry, view: View): TemplateResult | typeof nothing {
  const { strings, conversation, cards } = view;
  if (!conversation || entry.status !== "completed" || !entry.messageId) return nothing;
  const card = feedbackId(entry);
  const { rating, comment } = entry.feedback ?? {};
  const isOpen = cards.drafts.of(card).step === "comment";
  const open = () => cards.drafts.change(card, { step: "comment" }, fieldId(card, "comment"));
  const thumb = (which: "up" | "down", label: string) => {
    const pressed = rating === which;
    const press = () => {
      cards.drafts.change(card, { step: pressed ? undefined : "comment" }, fieldId(card, which));
      conversation.rate(entry.id, pressed ? null : which);
    };
    return html`<button
      type="button"
      class="action"
      id=${fieldId(card, which)}
      aria-label=${label}
      title=${label}
      aria-pressed=${pressed ? "true" : "false"}
      @click=${press}
    >
      ${thumbIcon[which]}
    </button>`;
  };
  return html`${thumb("up", strings.rateUp)} ${thumb("down", strings.rateDown)}
  ${rating && comment === undefined && !isOpen ? html`<button type="button" class="link" @click=${open}>${strings.addComment}</button>` : nothing}`;
}

function copyButton(text: string, { strings }: View): TemplateResult {
  const copy = (event: Event) => void copyText(text, event.currentTarget as Element);
  return action(strings.copy, copy, html`${copyIcon}${checkIcon}`);
}

function action(
  label: string,
  press: (event: Event) => void,
  drawing: TemplateResult,
): TemplateResult {
  return html`<button type="button" class="action" aria-label=${label} title=${label} @click=${press}>
    ${drawing}
  </button>`;
}

const copyIcon = icon(
  svg`<rect x="8.5" y="8.5" width="11" height="11" rx="2.5"/><path d="M5.5 15.5a2 2 0 0 1-1-1.7V7a2.5 2.5 0 0 1 2.5-2.5h6.8a2 2 0 0 1 1.7 1"/>`,
  "copy",
);
const THUMB = svg`<path d="M8 11v8.5H5V11Zm0 0 3.6-6.6c1.4 0 2.3 1 2.3 2.4V10h3.8c1 0 1.8.9 1.6 1.9l-1.1 6c-.2.9-1 1.6-1.9 1.6H8"/>`;
const thumbIcon = { up: icon(THUMB, "up"), down: icon(THUMB, "thumb-down") };
