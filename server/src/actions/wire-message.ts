import type { Message } from "@smooth-agent/protocol";
import type { MessageRecord } from "../store/records.js";

/** A stored message as the wire shows it. */
export function wireMessage(message: MessageRecord): Message {
  const { id, conversationId, direction, text, createdAt } = message;
  const content: Message["content"] = { items: [{ type: "text", text }], text };
  return { id, conversationId, direction, content, createdAt: createdAt.toISOString() };
}
