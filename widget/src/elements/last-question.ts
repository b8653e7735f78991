import { waitingQuestions } from "../state/waiting-questions.js";
import type { View } from "./view.js";

/** What the composer is remembered by while the last question stands in it. */
const COMPOSER = "composer";

/** Whether the last question stands in the composer, to be sent anew. */
export function isEditingLast({ cards }: View): boolean {
  return cards.drafts.of(COMPOSER).step === "edit";
}

/** Whether it can be: not while something is asked, nor of a person. */
export function mayEditLast(view: View): boolean {
  const now = view.conversation?.state ?? view.state;
  return (
    !isEditingLast(view) &&
    now.connection.status !== "refused" &&
    now.handOff?.state !== "active" &&
    waitingQuestions(now).length === 0
  );
}

/**
 * Puts the visitor's last question into the composer; what stood there comes back when they leave it.
 *
 * @returns whether there was one that can be sent anew
 */
export function editLast(view: View, field: HTMLTextAreaElement): boolean {
  const text = view.conversation?.editLast();
  if (text === undefined || !mayEditLast(view)) return false;
  view.cards.drafts.change(COMPOSER, { step: "edit", reason: field.value });
  fill(field, text);
  return true;
}

/** Leaves the last question as it was. */
export function leaveEdit(view: View, field: HTMLTextAreaElement): void {
  const { reason } = view.cards.drafts.of(COMPOSER);
  doneEditing(view);
  fill(field, reason);
}

/** The last question was sent anew. */
export function doneEditing({ cards }: View): void {
  cards.drafts.change(COMPOSER, { step: undefined, reason: "" });
}

/** The composer's field, from anywhere in the panel. */
export function composerField(event: Event): HTMLTextAreaElement | null {
  const root = (event.target as Element).getRootNode() as ShadowRoot;
  return root.querySelector(".composer textarea");
}

/** Writes as the visitor would; the cursor is where they go on. */
export function fill(field: HTMLTextAreaElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new InputEvent("input"));
  field.focus();
  field.setSelectionRange(text.length, text.length);
}
