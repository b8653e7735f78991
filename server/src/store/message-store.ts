import type { PastEntry, PastMessage } from "./records.js";

/** The messages of conversations. */
export interface MessageStore {
  /** A page of history, newest first. Null when the cursor is not one of this conversation. */
  messages(query: MessageQuery): Promise<MessagePage | null>;
  /**
   * Adds a message of a person of the host's, whatever the agent is doing meanwhile. Null when the
   * organization has no such conversation.
   */
  addMessage(input: NewMessage): Promise<AddedMessage | null>;
  /**
   * The newest turns that have ended and the newest messages that belong to none, in one order, newest
   * first, at most `limit`.
   *
   * @param after only what began after this seq
   */
  past(conversationId: string, limit: number, after?: number): Promise<PastEntry[]>;
}

export interface MessageQuery {
  conversationId: string;
  limit: number;
  /** The id of the last message of the page before. */
  cursor?: string;
  /** Whether answers that were cancelled or failed, and those without a text, are wanted too. */
  all: boolean;
  /** Whose feedback is wanted with `all`; whoever's when absent. */
  participantId?: string;
}

export interface MessagePage {
  messages: PastMessage[];
  nextCursor: string | null;
}

export interface NewMessage {
  conversationId: string;
  organizationId: string;
  /** The person who says it: one participant of the conversation for each `id`, or name without one. */
  from: { id: string | null; name: string };
  text: string;
  /** The host's own: the same one adds no second message to the conversation. */
  key: string | undefined;
}

export type AddedMessage =
  | { outcome: "added" | "duplicate"; message: PastMessage }
  /** The key was used for another text. */
  | { outcome: "mismatch" };
