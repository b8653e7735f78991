import type { ConversationState, VisitorEntry } from "./conversation-state.js";
import type { UnsentMessage } from "./outbox.js";
import { isUnsent, visitorEntry } from "./transcript.js";

export function withDraft(state: ConversationState, text: string): ConversationState {
  const { draft = "", ...rest } = state;
  if (draft === text) return state;
  return text === "" ? rest : { ...rest, draft: text };
}

/** Adds what an earlier page left: its messages before those of now, its draft where there is none. */
export function withKept(
  state: ConversationState,
  messages: UnsentMessage[],
  draft: string,
): ConversationState {
  const next = state.draft === undefined ? withDraft(state, draft) : state;
  const { transcript } = next;
  const added = messages.flatMap((message): VisitorEntry[] => {
    if (visitorEntry(transcript, message.id)) return [];
    return [{ kind: "visitor", ...message, delivery: message.error ? "refused" : "waiting" }];
  });
  if (added.length === 0) return next;
  const index = transcript.findIndex(isUnsent);
  const at = index < 0 ? transcript.length : index;
  return { ...next, transcript: transcript.toSpliced(at, 0, ...added) };
}
