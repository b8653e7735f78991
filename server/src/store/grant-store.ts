import type { GrantRecord } from "./records.js";

/** What visitors need not be asked again in a conversation. */
export interface GrantStore {
  /** What holds in a conversation, oldest first; at most the newest {@link GRANT_ROWS}. */
  grants(conversationId: string): Promise<GrantRecord[]>;
  /**
   * Ends what holds, so that it is asked again from then on.
   *
   * @returns what is left; null when the conversation has no such grant, or it has ended
   */
  revokeGrant(conversationId: string, grantId: string): Promise<GrantRecord[] | null>;
}

/** What is granted with an approval. */
export interface NewGrant {
  title: string;
  summary: string;
  /** JSON text of the arguments that were approved, as they were shown. */
  arguments: string;
}

/** How many grants of a conversation are looked at; with more, the oldest count no more. */
export const GRANT_ROWS = 100;
