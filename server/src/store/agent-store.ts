import type { AgentRow } from "./records.js";

/** The agents that the host keeps in the database. */
export interface AgentStore {
  /** The whole row of an agent, its secrets included; null when there is none. */
  agentRow(agentId: string): Promise<AgentRow | null>;
  /** A page of an organization's agents, by their ids. */
  agentRows(query: AgentQuery): Promise<AgentPage>;
  /** Writes parts of an agent, and makes it when there is none. */
  saveAgent(change: AgentChange): Promise<SavedAgent>;
  deleteAgent(agentId: string, organizationId: string, expected: Expected): Promise<DeletedAgent>;
}

export interface AgentQuery {
  organizationId: string;
  limit: number;
  /** The id of the last agent of the page before. */
  cursor?: string;
}

export interface AgentPage {
  agents: AgentRow[];
  nextCursor: string | null;
}

/** How the row must be for a change: as it was at these instants, there at all, or not there yet. */
export type Expected = readonly Date[] | "present" | "absent" | undefined;

export interface AgentChange {
  id: string;
  /** Whose it is; written once. */
  organizationId: string;
  /** The columns that change; absent ones stay as they are. */
  parts: Partial<Pick<AgentRow, "allowedOrigins" | "secrets" | "publicKeys" | "behaviour">>;
  expected: Expected;
}

export type SavedAgent =
  | { outcome: "created" | "updated"; agent: AgentRow }
  /** It belongs to another organization. */
  | { outcome: "foreign" }
  /** It is not as it was expected to be. */
  | { outcome: "stale" };

export type DeletedAgent = "deleted" | "unknown" | "stale";
