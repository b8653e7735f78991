import type { DecisionRecord } from "./records.js";

/** The record of decisions about tool calls. */
export interface DecisionStore {
  /** A page of the decisions about tool calls, newest first. Null for an unknown cursor. */
  decisions(query: DecisionQuery): Promise<DecisionPage | null>;
}

export interface DecisionQuery {
  organizationId?: string;
  conversationId?: string;
  /** 1..500 */
  limit: number;
  /** The `nextCursor` of the page before. */
  cursor?: string;
}

export interface DecisionPage {
  decisions: DecisionRecord[];
  nextCursor: string | null;
}

/** Where a verdict came from, for the audit. */
export interface VerdictSource {
  sessionId: string | null;
  userId: string | null;
  origin: string | null;
}
