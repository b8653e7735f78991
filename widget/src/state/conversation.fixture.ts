import type { Conversation, ConversationState, TranscriptEntry } from "./conversation-state.js";

/** Resolves with the first state, this one or a later one, that `wanted` accepts. */
export function until(
  conversation: Conversation,
  wanted: (state: ConversationState) => boolean,
): Promise<ConversationState> {
  return new Promise((resolve) => {
    if (wanted(conversation.state)) return resolve(conversation.state);
    const stop = conversation.subscribe((state) => {
      if (!wanted(state)) return;
      stop();
      resolve(state);
    });
  });
}

/** The transcript in one line per entry: who, what, and where it stands. */
export function lines({ transcript }: ConversationState): string[] {
  return transcript.map((entry) =>
    entry.kind === "visitor"
      ? `visitor ${entry.delivery}: ${entry.text}`
      : entry.kind === "person"
        ? `${entry.name}: ${entry.text}`
        : `agent ${entry.status}: ${textOf(entry)}`,
  );
}

function textOf(entry: TranscriptEntry & { kind: "agent" }): string {
  return entry.parts
    .map((part) => (part.type === "tool" ? `[${part.name} ${part.status}]` : part.text))
    .join("");
}
