import { startedEntry } from "./agent-entry.js";
import type {
  AgentEntry,
  ConversationState,
  ToolPart,
  TranscriptEntry,
  VisitorEntry,
} from "./conversation-state.js";
import { agentEntry, insertTurn, isLive, replace, visitorEntry } from "./transcript.js";

/** Changes the tool call with this id, wherever it stands. */
export function withTool(
  state: ConversationState,
  toolCallId: string,
  change: (part: ToolPart) => ToolPart,
): ConversationState {
  for (const entry of state.transcript.toReversed()) {
    if (entry.kind !== "agent") continue;
    const index = entry.parts.findIndex(
      (part) => part.type === "tool" && part.toolCallId === toolCallId,
    );
    const part = entry.parts[index];
    if (part?.type !== "tool") continue;
    const next = change(part);
    if (next === part) return state;
    const parts = entry.parts.with(index, next);
    const status = entry.status === "parked" && isAnswered(next) ? "running" : entry.status;
    return { ...state, transcript: replace(state.transcript, entry, { ...entry, parts, status }) };
  }
  return state;
}

/** Changes a turn that goes on, adding its entry when it has none; ended turns stay as they are. */
export function withTurn(
  state: ConversationState,
  id: string,
  at: number,
  change: (entry: AgentEntry) => AgentEntry = (entry) => entry,
): ConversationState {
  const former = agentEntry(state.transcript, id);
  if (former && !isLive(former)) return state;
  const next = change(former ?? startedEntry(id, at));
  const transcript = former
    ? replace(state.transcript, former, next)
    : insertTurn(state.transcript, next);
  if (transcript === state.transcript && state.activeTurnId === id) return withoutWait(state, id);
  const { handOff, ...rest } = withoutWait({ ...state, transcript }, id);
  // That the agent is back needs no telling once it was asked something.
  const isOver = !former && handOff?.state === null;
  return { ...rest, ...(handOff && !isOver && { handOff }), activeTurnId: id };
}

/** Whatever is heard of a turn shows that its message was accepted. */
export function withoutWait(state: ConversationState, id: string): ConversationState {
  const message = visitorEntry(state.transcript, id);
  if (!message || message.delivery === "sent") return state;
  const { error, ...rest } = message;
  const next: VisitorEntry = { ...rest, delivery: "sent" };
  return { ...state, transcript: replace<TranscriptEntry>(state.transcript, message, next) };
}

function isAnswered({ verdict, answer }: ToolPart): boolean {
  return (
    verdict?.state === "decided" || answer?.state === "submitted" || answer?.state === "declined"
  );
}
