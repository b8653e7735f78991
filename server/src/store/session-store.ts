import type { SessionRecord } from "./records.js";

/** The sessions, and the conversations and participants they open. */
export interface SessionStore {
  /** Opens a session, with its conversation and participants unless an own one is continued. */
  createSession(input: NewSession): Promise<SessionRecord>;
  session(sessionId: string): Promise<SessionRecord | null>;
  /**
   * Notes that a session was taken up again; what is given replaces what it declared before. False when
   * it has ended.
   */
  resumeSession(sessionId: string, declared?: Declared): Promise<boolean>;
  /**
   * Makes a session the verified user's: an ownerless conversation becomes theirs, once.
   *
   * @returns the session; null when it has ended, or it or its conversation is another user's, and nothing
   * changed
   */
  claimSession(claim: SessionClaim): Promise<SessionRecord | null>;
  /** Counts one use of a signature. False when it was used up, or first used from another origin. */
  useAuthContext(use: AuthContextUse): Promise<boolean>;
}

/** What a visitor is called of whom nobody gave a name, or whose name was forgotten. */
export const UNNAMED = "Visitor";

/** What a page says of itself and of its visitor. */
export interface Declared {
  supports?: string[] | undefined;
  /** JSON text of what the agent may call in the page. */
  clientTools?: string | undefined;
  /** JSON text of what the agent may know of the page; null takes back what was said before. */
  context?: string | null | undefined;
  /** A BCP 47 tag. */
  locale?: string | undefined;
}

export interface NewSession extends Declared {
  organizationId: string;
  agentId: string;
  agentName: string;
  userId: string | null;
  /** The role of the principal who opens it, empty when it has none; null for a visitor. */
  role: string | null;
  userName: string;
  userEmail: string | null;
  supports: string[] | undefined;
  metadata: Record<string, unknown> | undefined;
  /**
   * Continued when it is the verified user's own, with the same agent and organization; what a principal
   * opened is no visitor's, and the other way round.
   */
  conversationId: string | undefined;
}

/** Who the host says that the visitor of a session is. */
export interface SessionClaim {
  sessionId: string;
  userId: string;
  /** What the host vouches for besides; what it does not say stays as the visitor said. */
  userName?: string | null;
  userEmail?: string | null;
}

export interface AuthContextUse {
  /** Identifies agent and signature; never the signature itself. */
  id: string;
  origin: string;
  expiresAt: Date;
  maxUses: number;
}
