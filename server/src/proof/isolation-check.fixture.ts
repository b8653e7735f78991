import { conversationsOf, marksIn, type History, type Transcript } from "./history.fixture.js";

/** Whatever reached a socket belongs to a conversation whose session the connection held. */
export function isolationFaults(history: History): string[] {
  return history.transcripts.flatMap((transcript) => strayFrames(transcript, history));
}

function strayFrames(transcript: Transcript, { rows, transcripts }: History): string[] {
  const own = conversationsOf(transcript);
  const isForeign = (row: { conversationId: string }) => !own.has(row.conversationId);
  // What an id may be of is known from the database; what a mark may be of, from what was written there.
  const foreignIds = new Set([
    ...rows.turns.filter(isForeign).map(({ requestId }) => requestId),
    ...rows.toolCalls.filter(isForeign).map(({ id }) => id),
    ...rows.sessions.filter(isForeign).map(({ id }) => id),
    ...rows.messages.filter(isForeign).map(({ id }) => id),
    ...rows.conversations.filter(({ id }) => !own.has(id)).map(({ id }) => id),
  ]);
  const ownSessions = rows.sessions.filter((row) => !isForeign(row)).map(({ id }) => id);
  const written = transcripts
    .flatMap(({ entries }) => entries)
    .filter(({ way, frame }) => way === "sent" && ownSessions.includes(String(frame["sessionId"])))
    .flatMap(({ frame }) => marksIn(String(frame["message"] ?? "")));
  const ownMarks = new Set(written);
  return transcript.entries
    .filter(({ way }) => way === "got")
    .flatMap(({ frame }) => {
      const text = JSON.stringify(frame);
      const marks = marksIn(text).filter((mark) => !ownMarks.has(mark));
      const ids = stringsIn(text).filter((id) => foreignIds.has(id));
      return [...marks, ...ids].map(
        (what) => `${transcript.name} was sent ${what} in a ${String(frame["type"])}, not its own`,
      );
    });
}

function stringsIn(json: string): string[] {
  return (json.match(/"[^"\\]*"/g) ?? []).map((quoted) => quoted.slice(1, -1));
}
