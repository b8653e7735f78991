export { createConversation, type ConversationOptions } from "./state/conversation.js";
export { waitingQuestions } from "./state/waiting-questions.js";
export type * from "./state/conversation-state.js";
