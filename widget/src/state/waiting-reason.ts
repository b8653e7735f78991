import type { ConversationState, TranscriptEntry, VisitorEntry } from "./conversation-state.js";
import { agentEntry } from "./transcript.js";

/** Says of every message that waits what it waits for. */
export function withReasons(state: ConversationState): ConversationState {
  let { transcript } = state;
  // What waits stands last.
  for (let index = transcript.length - 1; ; index -= 1) {
    const entry = transcript[index];
    if (!isUnaccepted(entry)) break;
    const reason = entry.delivery === "waiting" ? reasonIn(state) : undefined;
    if (entry.waitsFor === reason) continue;
    const { waitsFor, ...rest } = entry;
    transcript = transcript.with(index, reason ? { ...rest, waitsFor: reason } : rest);
  }
  return transcript === state.transcript ? state : { ...state, transcript };
}

function reasonIn({
  connection,
  transcript,
  activeTurnId,
}: ConversationState): VisitorEntry["waitsFor"] {
  if (connection.status !== "online") return "connection";
  if (activeTurnId === undefined) return undefined;
  return agentEntry(transcript, activeTurnId)?.status === "parked" ? "question" : "answer";
}

function isUnaccepted(entry: TranscriptEntry | undefined): entry is VisitorEntry {
  return entry?.kind === "visitor" && entry.delivery !== "sent";
}
