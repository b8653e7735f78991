import {
  immediateResponse,
  LIMITS,
  type Conversations,
  type ConversationSummary,
} from "@smooth-agent/protocol";
import type { ConversationOverview } from "../store/store.js";
import type { ActionHandler } from "./action-handler.js";
import { conversationReach } from "./conversation-reach.js";

export const listConversations: ActionHandler<"list_conversations"> = async (
  { requestId, limit },
  caller,
  { store, now },
) => {
  const found = await store.conversations(conversationReach(caller), limit);
  const data: Conversations = { conversations: found.map(summary) };
  caller.reply(immediateResponse(requestId, 200, "Conversations", data, now()));
};

function summary(found: ConversationOverview): ConversationSummary {
  return {
    conversationId: found.id,
    title: found.title ?? titleFrom(found.firstMessage ?? ""),
    updatedAt: found.updatedAt.toISOString(),
    messageCount: found.messageCount,
  };
}

/** A title of one line for a conversation that was given none: it never changes by itself. */
function titleFrom(firstMessage: string): string {
  const line = firstMessage.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  const characters = Array.from(line);
  if (characters.length <= LIMITS.titleCharacters) return line || "New conversation";
  return `${characters
    .slice(0, LIMITS.titleCharacters - 1)
    .join("")
    .trimEnd()}…`;
}
