import type { AgentEntry, TranscriptEntry, VisitorEntry } from "./conversation-state.js";

/** Entries change by replacement; what did not change keeps its identity. */
type Transcript = TranscriptEntry[];

export function agentEntry(transcript: Transcript, id: string): AgentEntry | undefined {
  return transcript.findLast(
    (entry): entry is AgentEntry => entry.kind === "agent" && entry.id === id,
  );
}

export function visitorEntry(transcript: Transcript, id: string): VisitorEntry | undefined {
  return transcript.findLast(
    (entry): entry is VisitorEntry => entry.kind === "visitor" && entry.id === id,
  );
}

/** @returns the transcript with `next` in the place of `former`; itself when they are the same */
export function replace<Entry extends TranscriptEntry>(
  transcript: Transcript,
  former: Entry | undefined,
  next: Entry | undefined,
): Transcript {
  const index = former && next && former !== next ? transcript.lastIndexOf(former) : -1;
  return next && index >= 0 ? transcript.with(index, next) : transcript;
}

/** @returns the transcript with `entry` after all that is stored, before what still waits */
export function append(transcript: Transcript, entry: TranscriptEntry): Transcript {
  let index = transcript.length;
  while (isUnsent(transcript[index - 1])) index -= 1;
  return transcript.toSpliced(index, 0, entry);
}

/** @returns the transcript with the agent's `entry` after the message that it answers */
export function insertTurn(transcript: Transcript, entry: AgentEntry): Transcript {
  const question = transcript.findLastIndex(
    ({ kind, id }) => kind === "visitor" && id === entry.id,
  );
  if (question < 0) return append(transcript, entry);
  // What people wrote before the answer was stored before it.
  let index = question + 1;
  while (transcript[index]?.kind === "person") index += 1;
  return transcript.toSpliced(index, 0, entry);
}

/** @returns the transcript with a message of no turn, before the answer that goes on: as it is stored */
export function insertMessage(
  transcript: Transcript,
  entry: TranscriptEntry,
  activeTurnId: string | undefined,
): Transcript {
  const index = transcript.findIndex(({ kind, id }) => kind === "agent" && id === activeTurnId);
  return index < 0 ? append(transcript, entry) : transcript.toSpliced(index, 0, entry);
}

/** Finds out whether an entry is only here: the server has not acked it. */
export function isUnsent(entry: TranscriptEntry | undefined): boolean {
  return (
    entry?.kind === "visitor" && (entry.delivery === "waiting" || entry.delivery === "sending")
  );
}

/** Finds out whether a turn goes on, as far as is known. */
export function isLive(entry: TranscriptEntry | undefined): entry is AgentEntry {
  return entry?.kind === "agent" && (entry.status === "running" || entry.status === "parked");
}
