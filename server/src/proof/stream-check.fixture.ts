import { isDeepStrictEqual } from "node:util";
import {
  isTerminal,
  textAt,
  valueAt,
  type Fields,
  type History,
  type Transcript,
} from "./history.fixture.js";

/**
 * What a connection was streamed is what is stored: snapshot and tail make the whole text, the end
 * comes once and is the stored one, and nothing follows it.
 */
export function streamFaults(history: History): string[] {
  return history.transcripts.flatMap((transcript) => faultsOf(transcript, history));
}

/** What a connection knows of one turn. */
interface Heard {
  text: string;
  /** Whether it was told of from some point on, and not only of its end, once more. */
  isFollowed: boolean;
  hasEnded: boolean;
  /** Acks as a duplicate, each of which may be followed by the end once more. */
  repeats: number;
}

function faultsOf(transcript: Transcript, history: History): string[] {
  const faults: string[] = [];
  const turns = new Map<string, Heard>();
  const heard = (requestId: string): Heard => {
    const turn = turns.get(requestId) ?? {
      text: "",
      isFollowed: false,
      hasEnded: false,
      repeats: 0,
    };
    turns.set(requestId, turn);
    return turn;
  };
  const say = (fault: string) => faults.push(`${transcript.name}: ${fault}`);

  const end = (requestId: string, terminal: unknown, isComplete: boolean) => {
    const turn = heard(requestId);
    const stored = history.rows.turns.find((row) => row.requestId === requestId);
    const row = JSON.parse(stored?.terminal ?? "null") as unknown;
    if (!isDeepStrictEqual(row, terminal)) say(`the end of ${requestId} is not the stored one`);
    if (turn.hasEnded && turn.repeats === 0) say(`${requestId} ended twice`);
    if (turn.hasEnded) turn.repeats = 0;
    else if (isComplete && turn.isFollowed && turn.text !== storedText(stored?.id, history)) {
      say(`${requestId} was streamed another text than the one that is stored`);
    }
    turn.hasEnded = true;
  };

  for (const { way, frame } of transcript.entries) {
    if (way === "sent") continue;
    const active = valueAt(frame, "data.activeTurn");
    const activeId = textAt(active, "requestId");
    if (activeId !== undefined) {
      if (heard(activeId).hasEnded) say(`${activeId} is active again after its end`);
      Object.assign(heard(activeId), { text: textOf(active), isFollowed: true });
    }
    const lastId = textAt(frame, "data.lastTurn.requestId");
    if (lastId !== undefined) end(lastId, valueAt(frame, "data.lastTurn.terminal"), false);
    const requestId = textAt(frame, "requestId");
    if (requestId === undefined) continue;
    if (frame["status"] === 202) {
      const turn = heard(requestId);
      if (valueAt(frame, "data.duplicate") === true) turn.repeats += 1;
      else turn.isFollowed = true;
      continue;
    }
    if (isTerminal(frame)) {
      if (isOfTurn(requestId, history)) end(requestId, frame, true);
      continue;
    }
    if (!OF_TURN.includes(String(frame["type"]))) continue;
    const turn = heard(requestId);
    if (turn.hasEnded) say(`${requestId} went on after its end: ${String(frame["type"])}`);
    turn.isFollowed = true;
    turn.text = textAfter(turn.text, frame);
  }
  for (const [requestId, { hasEnded }] of turns) {
    if (transcript.isOpen && !hasEnded) say(`was left without the end of ${requestId}`);
  }
  return faults;
}

const OF_TURN = [
  "turn_started",
  "turn_snapshot",
  "stream_token",
  "stream_chunk",
  "stream_reasoning",
  "write_confirmation_required",
  "confirmation_resolved",
  "interaction_required",
  "interaction_resolved",
  "client_tool_call",
  "keepalive",
];

function textAfter(text: string, frame: Fields): string {
  if (frame["type"] === "stream_token") return text + String(frame["token"]);
  if (frame["type"] === "turn_snapshot") return textOf(frame["data"]);
  return text;
}

function textOf(snapshot: unknown): string {
  const items = valueAt(snapshot, "items") as Fields[];
  return items
    .filter(({ type }) => type === "text")
    .map(({ text }) => String(text))
    .join("");
}

function storedText(turnId: string | undefined, { rows }: History): string {
  const answer = rows.messages.find(
    (message) => message.turnId === turnId && message.direction === "outbound",
  );
  return answer?.text ?? "";
}

/** An error may also answer another action, under that one's own requestId. */
function isOfTurn(requestId: string, { rows }: History): boolean {
  return rows.turns.some((turn) => turn.requestId === requestId);
}
