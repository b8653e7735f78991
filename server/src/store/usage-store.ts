import type { Usage } from "@smooth-agent/protocol";

/** What models were used for, and what that cost. */
export interface UsageStore {
  /** Adds what one call beside a turn used; a turn's own use is added by the end of the turn. */
  recordUsage(entry: UsageEntry): Promise<void>;
  /** What the calls beside a turn used so far; its own use is in its steps. */
  usageOfTurn(turn: { id: string; conversationId: string }): Promise<Usage[]>;
  /**
   * Sums of an organization, at most {@link USAGE_ROWS}: days newest first, anything else by what it
   * cost, dearest first.
   */
  usage(query: UsageQuery): Promise<UsageSum[]>;
  /** What something cost so far, in US dollars. */
  costOf(query: CostQuery): Promise<number>;
}

/** What one turn, or one call beside a turn, used of a model. */
export interface UsageEntry {
  organizationId: string;
  agentId: string;
  conversationId: string;
  /** Null for a call that belongs to no turn. */
  turnId: string | null;
  /** The verified visitor; null for an anonymous one. */
  userId: string | null;
  purpose: UsagePurpose;
  model: string;
  promptTokens: number;
  completionTokens: number;
  /** US dollars. */
  costUsd: number;
  /** Now when absent. */
  at?: Date;
}

export type UsagePurpose = "answer" | "judge" | "preamble" | "title";

export interface UsageQuery {
  organizationId: string;
  /** From this instant on. */
  from?: Date;
  /** Before this instant. */
  to?: Date;
  by: UsageKey;
}

/** What sums can be told apart by. */
export const USAGE_KEYS = ["day", "agent", "visitor", "conversation", "model"] as const;
export type UsageKey = (typeof USAGE_KEYS)[number];

export interface UsageSum {
  /** A day of UTC as `YYYY-MM-DD`, an id, a user id or a model; null for anonymous visitors. */
  key: string | null;
  /** Entries that were summed up. */
  entries: number;
  promptTokens: number;
  completionTokens: number;
  costUsd: number;
}

/** Of the whole organization, or of one conversation or one verified visitor of it. */
export interface CostQuery {
  organizationId: string;
  conversationId?: string;
  userId?: string;
  /** From this instant on. */
  since?: Date;
}

/** How many sums one answer has. */
export const USAGE_ROWS = 400;
