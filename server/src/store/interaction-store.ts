import type { DecidedTurn } from "./tool-call-store.js";

/** The answers to forms, and what they say of who the visitor is. */
export interface InteractionStore {
  /**
   * Binds an answer to the form that waits for it, keeps what it says of the visitor, and gives the turn
   * to `owner`; null when nothing was changed.
   */
  answerInteraction(answer: InteractionAnswer): Promise<DecidedTurn | null>;
  /** Keeps what a visitor says of themselves; see {@link Identity}. */
  keepIdentity(sessionId: string, identity: Identity): Promise<void>;
}

export interface InteractionAnswer {
  conversationId: string;
  /** The one form that was shown, by its call. */
  toolCallId: string;
  /** The session that answers it. */
  sessionId: string;
  /** What the call comes to: JSON text. */
  answer: string;
  declined: boolean;
  identity?: Identity;
  now: Date;
  owner: string;
}

/**
 * What a visitor says of themselves. It authenticates nobody and owns nothing, and never takes the place
 * of what is known of a verified visitor: there it fills only what is not known.
 */
export interface Identity {
  name?: string;
  email?: string;
  phone?: string;
}
