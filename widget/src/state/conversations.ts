import type { Client } from "../client/client.js";
import type { ConversationInput } from "./conversation-input.js";
import type { Conversation, ConversationState } from "./conversation-state.js";

export interface ConversationsOptions {
  client: Client;
  state(): ConversationState;
  dispatch(input: ConversationInput): void;
  /** Shows nothing of the present conversation any more. */
  leave(): void;
}

/** How a visitor comes from one conversation to another. */
export function createConversations({
  client,
  state,
  dispatch,
  leave,
}: ConversationsOptions): Pick<Conversation, "list" | "startNew" | "continue"> {
  return {
    list() {
      const { mayList, conversations } = state();
      if (!mayList || conversations?.loading) return;
      dispatch({ type: "listing" });
      client.listConversations().then(
        (items) => dispatch({ type: "listed", items }),
        () => dispatch({ type: "listed" }),
      );
    },

    startNew() {
      leave();
      client.newConversation();
    },

    continue(conversationId) {
      if (conversationId === state().conversationId) return;
      leave();
      client.continueConversation(conversationId);
    },
  };
}
