export { SmoothAgent, type SmoothAgentProps } from "./react/smooth-agent.js";
export {
  useConversation,
  type ConversationHandle,
  type UseConversationOptions,
} from "./react/use-conversation.js";
export { waitingQuestions } from "./state/waiting-questions.js";
export type * from "./elements/smooth-agent-events.js";
export type * from "./state/conversation-state.js";
