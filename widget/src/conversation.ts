export { createConversation, type ConversationOptions } from "./state/conversation.js";
export type * from "./state/conversation-state.js";
