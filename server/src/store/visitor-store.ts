/** What is kept about visitors: to read, to hand out and to delete. */
export interface VisitorStore {
  /** A page of what a verified visitor opened, newest first. Null for an unknown cursor. */
  visitorSessions(query: VisitorSessionQuery): Promise<VisitorSessionPage | null>;
  /**
   * Everything about a verified visitor, section by section in the order of {@link VISITOR_SECTIONS}, page
   * by page. Without what opens anything: sessions have no tokens. Each page is read by itself, so that
   * what changes meanwhile may be in it or not.
   */
  exportVisitor(organizationId: string, userId: string): AsyncGenerator<VisitorPart, void>;
  /** Whether anything is kept about a verified visitor. */
  hasVisitor(organizationId: string, userId: string): Promise<boolean>;
  /** Ids of conversations that a verified visitor owns, at most {@link ERASE_ROWS}. */
  visitorConversations(organizationId: string, userId: string): Promise<string[]>;
  /**
   * Ids of conversations in which nothing happened since `before` and no turn runs or is parked, the
   * longest first; of every organization when none is named.
   */
  idleConversations(before: Date, limit: number, organizationId?: string): Promise<string[]>;
  /**
   * Deletes a conversation with everything under it, and takes the visitor's identity out of what is
   * kept apart from it. A long one goes in several transactions, each bounded, from the oldest turn on:
   * called again after a crash, it goes on.
   *
   * @returns `busy` when a turn runs or is parked in it, or something happened since `idleSince`;
   *   `unknown` when there is none
   */
  deleteConversation(which: ConversationSelection): Promise<"deleted" | "busy" | "unknown">;
  /**
   * Deletes what is left of a visitor outside of their own conversations, in bounded transactions:
   * ended sessions, with their turns; the identity of participants, decisions and usage.
   *
   * @returns how many sessions were deleted
   */
  forgetVisitor(organizationId: string, userId: string): Promise<number>;
  /** Deletes the counts of signatures whose window is over. */
  deleteExpiredSignatures(now: Date): Promise<void>;
}

export interface VisitorSessionQuery {
  organizationId: string;
  userId: string;
  /** 1..500 */
  limit: number;
  /** The `nextCursor` of the page before. */
  cursor?: string;
}

export interface VisitorSession {
  id: string;
  conversationId: string;
  agentId: string;
  status: string;
  endedReason: string | null;
  createdAt: Date;
  lastSeenAt: Date;
}

export interface VisitorSessionPage {
  sessions: VisitorSession[];
  nextCursor: string | null;
}

export interface ConversationSelection {
  conversationId: string;
  /** Any organization's when absent. */
  organizationId?: string;
  /** Deleted only if nothing happened since then. */
  idleSince?: Date;
}

/** What an export is made of, in its order. */
export const VISITOR_SECTIONS = [
  "conversations",
  "participants",
  "sessions",
  "messages",
  "feedback",
  "turns",
  "grants",
  "decisions",
  "usage",
] as const;

export type VisitorSection = (typeof VISITOR_SECTIONS)[number];

/** A page of one section; its rows are for JSON, dates included. */
export interface VisitorPart {
  section: VisitorSection;
  rows: Record<string, unknown>[];
}

/** How many rows one transaction of a deletion takes up. */
export const ERASE_ROWS = 100;
