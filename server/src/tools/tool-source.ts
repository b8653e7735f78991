import type { Visitor } from "./tool.js";
import type { Tool } from "./toolbox.js";

/** Who asks for tools: one run of a turn. */
export interface ToolQuery {
  /** The one that the conversation belongs to. */
  organization: { id: string };
  agent: { id: string; name: string };
  /** The visitor the host vouched for; null for an anonymous one. */
  visitor: Visitor | null;
  conversation: { id: string };
}

/** Where tools come from that are not known before a turn runs. */
export interface ToolSource {
  /**
   * The tools for one run of a turn: asked again after a restart or an approval.
   *
   * @param signal aborted when nobody waits for the tools any more
   * @throws when the turn must not go on without them
   */
  tools(query: ToolQuery, signal: AbortSignal): Promise<readonly Tool[]>;
  /** Lets go of everything that it holds. Never rejects. */
  close(): Promise<void>;
}

/** How long one run of a tool from a source may take at most, in milliseconds. */
export const LONGEST_SOURCED_MS = 600_000;
