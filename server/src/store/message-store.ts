import type { PastMessage } from "./records.js";

/** The messages of conversations. */
export interface MessageStore {
  /** A page of history, newest first. Null when the cursor is not one of this conversation. */
  messages(query: MessageQuery): Promise<MessagePage | null>;
}

export interface MessageQuery {
  conversationId: string;
  limit: number;
  /** The id of the last message of the page before. */
  cursor?: string;
  /** Whether answers that were cancelled or failed, and those without a text, are wanted too. */
  all: boolean;
}

export interface MessagePage {
  messages: PastMessage[];
  nextCursor: string | null;
}
