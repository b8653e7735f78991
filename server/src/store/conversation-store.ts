/** The conversations as their visitors see them from outside. */
export interface ConversationStore {
  /** The conversations within reach, the one with the newest message first. */
  conversations(reach: ConversationReach, limit: number): Promise<ConversationOverview[]>;
  /**
   * Gives a conversation the title that its visitor chose. One without an owner is renamed by who
   * holds a session of it; an owned one by its owner alone.
   *
   * @returns false when there is no such conversation, or it is not within reach: nothing changed
   */
  renameConversation(
    conversationId: string,
    title: string,
    reach: ConversationReach,
  ): Promise<boolean>;
}

/** What a caller may see: all that its verified users own, and what it holds anonymous sessions of. */
export interface ConversationReach {
  owners: readonly ConversationOwner[];
  conversationIds: readonly string[];
}

/** A verified user at one agent: continuing a conversation takes the same of all four. */
export interface ConversationOwner {
  organizationId: string;
  agentId: string;
  ownerId: string;
  /** A principal and a visitor of the same id are two users. */
  isPrincipal: boolean;
}

export interface ConversationOverview {
  id: string;
  title: string | null;
  /** What the visitor said first; null when nothing was said yet. */
  firstMessage: string | null;
  /** Moves with messages, never with a title or an owner. */
  updatedAt: Date;
  /** The messages that core history shows. */
  messageCount: number;
}
