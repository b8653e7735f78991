/** Conversations as the host looks at them: all of an organization, with how they stand. */
export interface HostConversationStore {
  /** A page of an organization's conversations, newest activity first. Null for a cursor that is none. */
  hostConversations(query: HostConversationQuery): Promise<HostConversationPage | null>;
  /** Null when the organization has none of this id. */
  hostConversation(
    organizationId: string,
    conversationId: string,
  ): Promise<HostConversationDetail | null>;
  /** Gives a conversation its title for good. False when the organization has none of this id. */
  nameConversation(organizationId: string, conversationId: string, title: string): Promise<boolean>;
}

export interface HostConversationQuery {
  organizationId: string;
  agentId?: string;
  /** The verified visitor it belongs to. */
  ownerId?: string;
  /** One of these states; null in it for none. */
  handOff?: readonly (string | null)[];
  needsEscalation?: boolean;
  /** Last active at this instant or later. */
  since?: Date;
  /** Last active before this instant. */
  until?: Date;
  /** 1..100 */
  limit: number;
  /** The `nextCursor` of the page before. */
  cursor?: string;
}

export interface HostConversationPage {
  conversations: HostConversation[];
  nextCursor: string | null;
}

export interface HostConversation {
  id: string;
  agentId: string;
  /** The verified visitor it belongs to; null while it is nobody's. */
  ownerId: string | null;
  title: string | null;
  /** visitor | host | model */
  titledBy: string | null;
  /** requested | waiting | active; null for none. */
  handOff: string | null;
  handOffReason: string | null;
  handOffName: string | null;
  handOffAt: Date | null;
  resolution: string | null;
  needsEscalation: boolean | null;
  /** The turn in progress: running | parked; null for none. */
  turnState: string | null;
  /** What was said: visitors' messages, and whole answers that have a text. */
  messageCount: number;
  createdAt: Date;
  /** When something last happened in it. */
  updatedAt: Date;
}

export interface HostConversationDetail extends HostConversation {
  participants: {
    id: string;
    type: string;
    name: string;
    externalId: string | null;
    email: string | null;
  }[];
  /** Where it stands in its agent's workflow; null when there is none. */
  workflow: { stepId: string; holds: number } | null;
  /** What its turns, and the calls beside them, used of models. */
  usage: { promptTokens: number; completionTokens: number; costUsd: number };
}
