import type { ActiveTurn, Pending, Reply, TerminalEvent } from "@smooth-agent/protocol";
import { idOf } from "../client/pending.js";
import type { AgentEntry, AgentPart } from "./conversation-state.js";
import { withForm } from "./form-part.js";
import { toolParts } from "./part-list.js";
import { settle, toolFromItem, withQuestion } from "./tool-part.js";

export function startedEntry(id: string, at: number): AgentEntry {
  return { kind: "agent", id, parts: [], at, status: "running" };
}

/** Appends a piece of text or reasoning to the part it belongs to, or begins a new one. */
export function spoken(entry: AgentEntry, type: "text" | "reasoning", token: string): AgentEntry {
  const { preamble, ...rest } = entry;
  const last = entry.parts.at(-1);
  const parts =
    last?.type === type
      ? entry.parts.with(-1, { type, text: last.text + token })
      : [...entry.parts, { type, text: token }];
  const covered = type === "text" || preamble === undefined ? rest : entry;
  return { ...covered, parts, status: "running" };
}

/** Replaces what is shown of the turn; the visitor's part in its questions is kept. */
export function fromSnapshot(entry: AgentEntry, turn: ActiveTurn): AgentEntry {
  const former = new Map(toolParts(entry.parts).map((part) => [part.toolCallId, part]));
  const parts: AgentPart[] = turn.items.map((item) =>
    item.type === "tool" ? toolFromItem(item, former.get(item.toolCallId), entry.at) : item,
  );
  const waiting = former.get(idOf(turn.pending) ?? "");
  // Its call may be told after the question.
  const isTold = !waiting || parts.some((part) => isCall(part, waiting.toolCallId));
  const asked = withPending(isTold ? parts : [...parts, waiting], turn.pending);
  const { error, citations, truncated, messageId, ...rest } = entry;
  return { ...rest, parts: asked, status: turn.status };
}

/** Shows what the turn waits on. */
export function withPending(parts: AgentPart[], pending: Pending | undefined): AgentPart[] {
  if (!pending) return parts;
  return "toolCallId" in pending ? withQuestion(parts, pending) : withForm(parts, pending);
}

/** Ends the entry as its terminal event says; partial text of an unfinished answer stays. */
export function ended(entry: AgentEntry, terminal: TerminalEvent): AgentEntry {
  const { error, preamble, ...rest } = entry;
  const parts = entry.parts.map((part) => (part.type === "tool" ? settle(part) : part));
  const end = { ...rest, parts, at: terminal.timestamp };
  switch (terminal.type) {
    case "cancelled":
      return { ...end, status: "cancelled" };
    case "error":
      return { ...end, status: "failed", error: terminal.error };
    case "eventual_response":
      return withSuggestions(completed(end, terminal.data.data), terminal);
  }
}

/** Adds what the end of a turn suggests to say next. */
export function withSuggestions(entry: AgentEntry, terminal: TerminalEvent): AgentEntry {
  if (terminal.type !== "eventual_response") return entry;
  // A server in the field may leave it out, or send anything.
  const given: unknown[] = [terminal.data.data.response.suggestedNextActions].flat();
  const suggestions = given
    .filter((text): text is string => typeof text === "string" && text !== "")
    .slice(0, 4);
  return suggestions.length > 0 ? { ...entry, suggestions } : entry;
}

/** Makes `text` the whole text of the answer, in its places where what was shown agrees with it. */
export function withText(parts: AgentPart[], text: string): AgentPart[] {
  const shown = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  if (shown === text) return parts;
  if (text.startsWith(shown)) return spokenParts(parts, text.slice(shown.length));
  const others = parts.filter((part) => part.type !== "text");
  return text === "" ? others : [...others, { type: "text", text }];
}

function isCall(part: AgentPart, toolCallId: string): boolean {
  return part.type === "tool" && part.toolCallId === toolCallId;
}

function completed(entry: AgentEntry, reply: Reply): AgentEntry {
  const { messageId, truncated, citations } = reply;
  return {
    ...entry,
    status: "completed",
    parts: withText(entry.parts, reply.response.responseParts.join("")),
    ...(messageId === undefined ? {} : { messageId }),
    ...(truncated ? { truncated } : {}),
    ...(citations ? { citations } : {}),
  };
}

function spokenParts(parts: AgentPart[], rest: string): AgentPart[] {
  const last = parts.at(-1);
  return last?.type === "text"
    ? parts.with(-1, { type: "text", text: last.text + rest })
    : [...parts, { type: "text", text: rest }];
}
