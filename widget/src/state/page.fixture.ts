import { clientOf } from "../client/client.fixture.js";
import type { ClientOptions } from "../client/client.js";
import type { ModelServer } from "../client/model-server.fixture.js";
import type { SessionStore } from "../client/session-store.js";
import { createConversation, type ConversationOptions } from "./conversation.js";
import type { Conversation, ConversationState } from "./conversation-state.js";
import { until } from "./conversation.fixture.js";

/** A page of a browser, as it is before it is killed. */
export interface Page {
  conversation: Conversation;
  /** Ends it as a browser does that crashes: nothing is put in order, nothing more is kept. */
  kill(): void;
}

/** Opens a page of the browser with this storage. */
export function openPage(
  server: ModelServer,
  storage: SessionStore,
  options: Partial<ClientOptions> & ConversationOptions = {},
): Page {
  let isAlive = true;
  const client = clientOf(server, {
    ...options,
    timing: { backoffMs: 1, backoffCapMs: 4, ...options.timing },
    storage: options.storage ?? {
      ...storage,
      set: (key, value) => (isAlive ? storage.set(key, value) : undefined),
      remove: (key) => (isAlive ? storage.remove(key) : undefined),
    },
  });
  const conversation = createConversation(client, { busyMs: 5, reloadMs: 5, ...options });
  return {
    conversation,
    kill() {
      isAlive = false;
      conversation.close();
    },
  };
}

/** Resolves when it is online and its newest page of history is shown. */
export function isUp(conversation: Conversation): Promise<ConversationState> {
  return until(
    conversation,
    ({ connection, history }) =>
      connection.status === "online" && !history.loading && history.cursor !== undefined,
  );
}
