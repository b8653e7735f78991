import type { Message } from "@smooth-agent/protocol";
import { withText } from "./agent-entry.js";
import type {
  AgentEntry,
  AgentPart,
  AnswerFeedback,
  TranscriptEntry,
} from "./conversation-state.js";
import { toolParts } from "./part-list.js";
import { toolFromRecord } from "./tool-part.js";
import { isLive } from "./transcript.js";

/** A stored message as an entry. */
export function entryFrom(message: Message): TranscriptEntry {
  const { id: messageId, requestId: id = messageId, status = "completed", citations } = message;
  const at = Date.parse(message.createdAt);
  if (message.direction === "inbound") {
    return { kind: "visitor", id, messageId, text: message.content.text, at, delivery: "sent" };
  }
  if (isOfPerson(message)) {
    const { from, content } = message;
    const name = from?.name ?? "";
    return { kind: "person", id: messageId, messageId, name, text: content.text, at };
  }
  const entry = { kind: "agent" as const, id, messageId, parts: partsFrom(message), at, status };
  return { ...entry, ...(citations && { citations }), ...feedbackIn(message) };
}

/** Finds out whether a person of the host's wrote a message. */
export function isOfPerson({ from }: Message): boolean {
  return from?.type === "human-agent";
}

/** Finds out whether a message is known to be what an entry shows. */
export function isStoredAs(entry: TranscriptEntry, { id, requestId, direction }: Message): boolean {
  return (
    (entry.kind === "visitor") === (direction === "inbound") &&
    (entry.messageId === id || entry.id === requestId)
  );
}

/** The entry that shows a message, with what the record tells of it; itself when that is nothing new. */
export function identified(entry: TranscriptEntry, message: Message): TranscriptEntry {
  const { id: messageId, status, citations, content, createdAt } = message;
  const isKnown = entry.messageId === messageId;
  if (entry.kind === "person") return entry;
  if (entry.kind === "visitor") {
    const { error, ...rest } = entry;
    return isKnown ? entry : { ...rest, messageId, delivery: "sent" };
  }
  // A server without the extension tells no more than the text.
  if (isKnown && !status) return entry;
  const { error, preamble, feedback, ...rest } = entry;
  const next: TranscriptEntry = {
    ...rest,
    messageId,
    parts: status ? retold(entry.parts, message) : withText(entry.parts, content.text),
    status: status ?? "completed",
    ...(isLive(entry) && { at: Date.parse(createdAt) }),
    ...(citations && { citations }),
    ...(isUntold(feedback, message) ? { feedback } : feedbackIn(message)),
    ...(error && status === "failed" && { error }),
  };
  return JSON.stringify(next) === JSON.stringify(entry) ? entry : next;
}

/** Finds out whether the record has not what the visitor thinks, so that they may try again. */
function isUntold(shown: AnswerFeedback | undefined, { feedback }: Message): boolean {
  if (shown?.state !== "failed") return shown?.state === "sending";
  return shown.rating !== feedback?.rating || shown.comment !== feedback.comment;
}

function feedbackIn({ feedback }: Message): Pick<AgentEntry, "feedback"> {
  return feedback ? { feedback: { ...feedback, state: "kept" } } : {};
}

/** The parts as the record has them; where that is what was shown, reasoning keeps its place too. */
function retold(shown: AgentPart[], message: Message): AgentPart[] {
  const parts = partsFrom(message, shown);
  if (outline(parts) !== outline(shown)) return parts;
  const tools = toolParts(parts);
  return shown.map((part) => (part.type === "tool" ? (tools.shift() ?? part) : part));
}

/** Cuts the text where the tools were called, each at or behind the one before it. */
function partsFrom({ content, toolCalls = [] }: Message, shown: AgentPart[] = []): AgentPart[] {
  const { text } = content;
  const former = new Map(toolParts(shown).map((part) => [part.toolCallId, part]));
  const parts: AgentPart[] = [];
  let from = 0;
  const speak = (offset: number) => {
    const to = Math.trunc(Math.min(offset, text.length));
    // Not a number is behind nothing either.
    if (!(to > from)) return;
    parts.push({ type: "text", text: text.slice(from, to) });
    from = to;
  };
  for (const { textOffset, ...call } of toolCalls) {
    speak(textOffset);
    parts.push(toolFromRecord(call, former.get(call.toolCallId)));
  }
  speak(text.length);
  return parts;
}

function outline(parts: AgentPart[]): string {
  return JSON.stringify(
    parts.flatMap((part) => {
      if (part.type === "reasoning") return [];
      return part.type === "text" ? part.text : part.toolCallId;
    }),
  );
}
