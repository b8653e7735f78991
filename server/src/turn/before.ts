import type { PastEntry, TurnRecord } from "../store/records.js";
import type { TurnPorts } from "./ports.js";

/** What a conversation holds besides the turn that runs, newest first. */
export interface Before {
  /** What lies behind it. */
  past: readonly PastEntry[];
  /** What people of the host's wrote since it began. */
  beside: readonly PastEntry[];
}

/** How many past turns and messages are looked at; the token budget decides how many are sent. */
const PAST_ENTRIES = 100;

/**
 * Reads what a turn is told besides itself.
 *
 * @param known what was read before an earlier step of this run: what lies behind stays as it was
 */
export async function beforeTurn(
  { conversationId, seq: begun }: TurnRecord,
  known: Before | undefined,
  { store }: Pick<TurnPorts, "store">,
): Promise<Before> {
  const read = await store.past(conversationId, PAST_ENTRIES, known && begun);
  return {
    past: known?.past ?? read.filter(({ seq }) => seq < begun),
    beside: read.filter(({ seq }) => seq > begun),
  };
}
