import { createClient, type AuthContext, type ClientOptions } from "../client/index.js";
import { runtime, type SocketConstructor } from "../client/runtime.js";
import { createConversation, type ConversationOptions } from "../state/conversation.js";
import type { Conversation } from "../state/conversation-state.js";

export type UseConversationOptions = ClientOptions & ConversationOptions;

/** A conversation with what it was made for. Nothing is connected before it is opened. */
export interface HeldConversation {
  readonly conversation: Conversation;
  /** Differs from that of other options when these begin another conversation. */
  readonly target: string;
  /** The host's word that the conversation knows. */
  authContext: AuthContext;
  /** The options of the last render: what is asked anew is asked of these. */
  latest: UseConversationOptions;
}

export function holdConversation(options: UseConversationOptions): HeldConversation {
  const { endpoint } = options;
  const client = createClient({
    WebSocket: runtime.WebSocket ?? NoSocket,
    fetch: runtime.fetch ?? noFetch,
    ...options,
    endpoint: typeof endpoint === "function" ? () => endpointOf(held.latest) : endpoint,
  });
  const held: HeldConversation = {
    conversation: createConversation(client, options),
    target: targetOf(options),
    authContext: options.authContext,
    latest: options,
  };
  return held;
}

/** A function may be another one with every render, and is asked anew anyway. */
export function targetOf({ endpoint, agentId, conversationId }: UseConversationOptions): string {
  const where = typeof endpoint === "function" ? null : endpoint;
  return JSON.stringify([where, agentId, conversationId]);
}

function endpointOf({ endpoint }: UseConversationOptions): string | Promise<string> {
  return typeof endpoint === "function" ? endpoint() : endpoint;
}

/** Stands where a page is rendered on a server: nothing is opened there. */
const NoSocket: SocketConstructor = class {
  constructor() {
    throw new TypeError("There is no WebSocket here.");
  }
  send(): void {}
  close(): void {}
  addEventListener(): void {}
};

function noFetch(): Promise<never> {
  return Promise.reject(new TypeError("There is no fetch here."));
}
