import type { AuthContext, ClientTools, StorageMode } from "../client/index.js";
import type { Conversation } from "../state/conversation-state.js";
import type { ChunkModule } from "./chunk-sources.js";
import { capabilities } from "./interactions/interaction-capabilities.js";

/** What an element says of its visitor and of the agent to reach. */
export interface ConversationHost {
  endpoint: string | undefined;
  agentId: string | undefined;
  authContext: AuthContext;
  userName: string | undefined;
  userEmail: string | undefined;
  metadata: Record<string, unknown> | undefined;
  clientTools: ClientTools | undefined;
  /** Read whenever it is told; a function is asked anew. */
  context: unknown;
  storage: StorageMode;
  storageDays: number;
  whileBusy: "wait" | "queue";
}

/** Makes a conversation of what an element said when it was planned, once the code for that is there. */
export type PlannedConversation = (engine: ChunkModule<"conversation">) => Conversation;

/**
 * A conversation over a client of its own; nothing is connected before it is opened.
 *
 * @param locale asked for the chat's language whenever the server is told it
 * @returns undefined while it is not said where the server is or which agent is meant
 */
export function newConversation(
  host: ConversationHost,
  defaultEndpoint: string | undefined,
  locale: () => string,
): PlannedConversation | undefined {
  const endpoint = host.endpoint ?? defaultEndpoint;
  const supports = Object.values(capabilities);
  const { agentId, authContext, userName, userEmail, metadata, clientTools, whileBusy } = host;
  if (!endpoint || !agentId) return undefined;
  const visitor = { authContext, userName, userEmail, metadata };
  const { storage, storageDays } = host;
  const kept = { storage, storageDays };
  const page = { context: () => host.context, locale, clientTools, supports };
  return ({ createClient, createConversation }) => {
    const client = createClient({ endpoint, agentId, ...visitor, ...kept, ...page });
    return createConversation(client, { whileBusy });
  };
}
