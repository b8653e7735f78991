import type { HandOffRecord, HandOffState, TurnRecord } from "./records.js";

/** How far conversations are on their way from the agent to a person. */
export interface HandOffStore {
  /** The hand-off that is under way; null when none is, and for an unknown conversation. */
  handOff(conversationId: string): Promise<HandOffRecord | null>;
  /**
   * Moves a hand-off on, by one conditional update. Null when the organization has no such conversation.
   */
  changeHandOff(change: HandOffStep): Promise<HandOffStepped | null>;
  /** Parked turns of conversations that a person has taken over, at most {@link SWEEP_ROWS}. */
  overtakenTurns(): Promise<TurnRecord[]>;
}

export interface HandOffStep {
  conversationId: string;
  organizationId: string;
  /** The states that it may move on from; null stands for none under way. */
  from: readonly (HandOffState | null)[];
  /** What it becomes; null ends it. */
  to: HandOffState | null;
  /** Who takes over; another person than the one who has, when it is `active` already. */
  name: string | null;
  /** Kept as it is when undefined. */
  reason: string | undefined;
  at: Date;
}

export interface HandOffStepped {
  isChanged: boolean;
  /** What it is now. */
  handOff: HandOffRecord | null;
}
