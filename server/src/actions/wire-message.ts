import type { Feedback, Message, Sender } from "@smooth-agent/protocol";
import type { MessageRecord, PastMessage, SaidFeedback } from "../store/records.js";
import { citationsOf, pastToolCalls } from "../turn/past-turn.js";

/** A stored message as the wire shows it. */
export function wireMessage(message: MessageRecord): Message {
  const { id, conversationId, direction, text, createdAt } = message;
  const items: Message["content"]["items"] = text === "" ? [] : [{ type: "text", text }];
  const content = { items, text };
  return { id, conversationId, direction, content, createdAt: createdAt.toISOString() };
}

/** The same with how it came about, for who asked for turns. */
export function pastWireMessage(message: PastMessage): Message {
  const { turn, status, direction } = message;
  const from: Sender = { type: senderType(message.from.type), name: message.from.name };
  const ofTurn = { ...wireMessage(message), ...(turn && { requestId: turn.requestId }) };
  const feedback = message.feedback && { feedback: wireFeedback(message.feedback) };
  if (direction === "inbound" || !turn) return { ...ofTurn, status, from, ...feedback };
  const citations = citationsOf(turn);
  const toolCalls = pastToolCalls(turn);
  return {
    ...ofTurn,
    status,
    ...(citations && { citations }),
    ...(toolCalls.length > 0 && { toolCalls }),
    from,
    ...feedback,
  };
}

/** What is thought of a message, as the wire and the host API show it. */
function wireFeedback({ rating, comment }: SaidFeedback): Feedback {
  return { rating, ...(comment !== null && { comment }) };
}

function senderType(type: string): Sender["type"] {
  return type === "user" || type === "human-agent" ? type : "ai-agent";
}
