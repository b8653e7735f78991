import { immediateResponse, type ConversationRenamed } from "@smooth-agent/protocol";
import { ActionError } from "./action-error.js";
import type { ActionHandler } from "./action-handler.js";
import { conversationReach } from "./conversation-reach.js";

export const renameConversation: ActionHandler<"rename_conversation"> = async (
  { requestId, conversationId, title },
  caller,
  { store, now },
) => {
  if (!(await store.renameConversation(conversationId, title, conversationReach(caller)))) {
    // An unknown conversation and someone else's look the same, to the byte.
    throw new ActionError("CONVERSATION_NOT_FOUND", "There is no such conversation here.");
  }
  const data: ConversationRenamed = { conversationId, title };
  caller.reply(immediateResponse(requestId, 200, "Conversation renamed", data, now()));
};
