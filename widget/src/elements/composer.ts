import { LIMITS } from "@smooth-agent/protocol/codes";
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { waitingQuestions } from "../state/waiting-questions.js";
import { asked } from "./cards.js";
import { sendIcon, stopIcon } from "./icons.js";
import { composerField, doneEditing, editLast, isEditingLast, leaveEdit } from "./last-question.js";
import type { View } from "./view.js";

/** Characters that are left when the counter shows up. */
const COUNTER_FROM = 500;

/** The field the visitor writes in, with the one button it needs: Send, or Stop during a turn. */
export function composer(
  view: View,
  draft: string,
  write: (draft: string) => void,
): TemplateResult {
  const { strings, state, conversation } = view;
  const refused = state.connection.status === "refused";
  const busy = isBusy(state);
  const left = charactersLeft(draft);
  const isSendable = !refused && draft.trim() !== "" && left >= 0;
  const isEditing = isEditingLast(view);
  const queues = isQueued(state);
  const declines = !isEditing && isSendable && busy && waitingQuestions(state).length > 0;
  const waits = busy && isSendable && !queues && !isEditing;
  const isAway = isSendable && (!view.networkUp || state.connection.status === "reconnecting");
  const hint = declines
    ? strings.declineAndSendHint
    : waits
      ? strings.sendAfter
      : isAway
        ? strings.waiting
        : "";
  // The field itself is read and emptied: what is rendered may be a frame behind two quick presses.
  const submit = (event: Event, field: HTMLTextAreaElement | null) => {
    event.preventDefault();
    const text = field?.value.trim();
    if (!field || !text || charactersLeft(text) < 0) return;
    // The state of this moment counts: what is rendered may be of the one before.
    const now = conversation?.state ?? state;
    if (now.connection.status === "refused") return;
    if (isEditingLast(view)) {
      if (!conversation || !view.admits(text)) return;
      doneEditing(view);
      conversation.resend(text);
    } else if (!isBusy(now) || isQueued(now)) {
      if (!view.send(text)) return;
    } else if (waitingQuestions(now).length > 0 && view.admits(text)) {
      conversation?.declineAndSend(text);
    } else return;
    field.value = "";
    write("");
  };
  const press = (event: KeyboardEvent) => {
    const field = event.target as HTMLTextAreaElement;
    if (isComposing(event)) return;
    if (event.key === "Enter" && !event.shiftKey) submit(event, field);
    else if (event.key === "Escape" && isEditing) leave(event, field);
    else if (event.key === "ArrowUp" && field.value === "" && editLast(view, field)) {
      event.preventDefault();
    }
  };
  // It leaves the question and not the chat.
  const leave = (event: Event, field: HTMLTextAreaElement | null) => {
    event.preventDefault();
    event.stopPropagation();
    if (field) leaveEdit(view, field);
  };
  const send = (event: Event) =>
    submit(event, (event.target as HTMLFormElement).querySelector("textarea"));
  const input = (event: InputEvent) => write((event.target as HTMLTextAreaElement).value);
  return html`<form class="composer" part="composer" @submit=${send}>
    ${
      isEditing
        ? html`<p class="edit-strip" part="edit-strip">
            <span>${strings.editing}</span>
            <button type="button" class="link" @click=${(event: Event) => leave(event, composerField(event))}>
              ${strings.cancel}
            </button>
          </p>`
        : nothing
    }
    <div class="field" data-text=${draft}>
      <textarea
        part="input"
        rows="1"
        dir="auto"
        enterkeyhint="send"
        aria-label=${strings.compose}
        placeholder=${placeholder(view)}
        .value=${live(draft)}
        ?disabled=${refused}
        @input=${input}
        @keydown=${press}
      ></textarea>
    </div>
    ${left < COUNTER_FROM ? counter(left, view) : nothing}
    ${hint ? html`<p class="counter" role="status">${hint}</p>` : nothing}
    ${
      declines
        ? html`<button type="submit" class="send words" part="decline-and-send">
            ${sendIcon}<span>${strings.declineAndSend}</span>
          </button>`
        : html`${busy ? stopButton(view, () => conversation?.stop()) : nothing}
            ${!busy || ((queues || isEditing) && isSendable) ? sendButton(view, isSendable) : nothing}`
    }
  </form>`;
}

function charactersLeft(text: string): number {
  const limit = LIMITS.messageCharacters;
  return limit - (text.length > limit - COUNTER_FROM ? Array.from(text).length : text.length);
}

/** Whether the agent is to answer first; while a person has taken over it does not. */
function isBusy({ activeTurnId, handOff }: View["state"]): boolean {
  return activeTurnId !== undefined && handOff?.state !== "active";
}

/** Whether what is sent during an answer waits for its end; a question is to be declined by its own button. */
function isQueued(state: View["state"]): boolean {
  return state.whileBusy === "queue" && waitingQuestions(state).length === 0;
}

/** What is sent while a question is open declines it, so the field says what comes first. */
function placeholder({ state, strings }: View): string {
  if (state.handOff?.state === "active") return strings.compose;
  return asked(state).length > 0 ? strings.composeWhileAsked : strings.composePlaceholder;
}

/** An input method's Enter picks a candidate; Safari tells so only by the key code. */
function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

function counter(left: number, { strings }: View): TemplateResult {
  const text = left < 0 ? strings.charactersOver(-left) : strings.charactersLeft(left);
  return html`<p class="counter" role="status" ?data-over=${left < 0}>${text}</p>`;
}

function sendButton({ strings }: View, sendable: boolean): TemplateResult {
  return html`<button
    type="submit"
    class="send"
    part="send"
    aria-label=${strings.send}
    aria-disabled=${sendable ? "false" : "true"}
  >
    ${sendIcon}
  </button>`;
}

function stopButton({ strings }: View, stop: () => void): TemplateResult {
  return html`<button type="button" class="send stop" part="stop" aria-label=${strings.stop} @click=${stop}>
    ${stopIcon}
  </button>`;
}
