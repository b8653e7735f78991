import {
  immediateResponse,
  type Conversations,
  type ConversationSummary,
} from "@smooth-agent/protocol";
import type { ConversationOverview } from "../store/store.js";
import { titleText } from "../turn/conversation-title.js";
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
    // What it will be named by itself, unless a model names it.
    title: found.title ?? (titleText(found.firstMessage ?? "") || "New conversation"),
    updatedAt: found.updatedAt.toISOString(),
    messageCount: found.messageCount,
  };
}
