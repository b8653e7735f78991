import { immediateResponse, type ConversationMessages } from "@smooth-agent/protocol";
import { ActionError, sessionNotFound } from "./action-error.js";
import type { ActionHandler } from "./action-handler.js";
import { pastWireMessage, wireMessage } from "./wire-message.js";

export const getConversationMessages: ActionHandler<"get_conversation_messages"> = async (
  { requestId, sessionId, limit, cursor, include },
  caller,
  { store, now },
) => {
  const session = caller.session(sessionId);
  if (!session) throw sessionNotFound();
  const { conversationId, userParticipantId: participantId } = session;
  const all = include?.includes("turns") ?? false;
  const page = await store.messages({ conversationId, limit, cursor, all, participantId });
  if (!page) throw new ActionError("VALIDATION_ERROR", "cursor is not one of this conversation.");
  const data: ConversationMessages = {
    conversationId,
    messages: page.messages.map(all ? pastWireMessage : wireMessage),
    nextCursor: page.nextCursor,
    hasMore: page.nextCursor !== null,
  };
  caller.reply(immediateResponse(requestId, 200, "ConversationMessages", data, now()));
};
