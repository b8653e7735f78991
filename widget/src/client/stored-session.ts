import { isNumber, isText, optional, shape } from "./guard.js";

/** What is kept of a session: nothing that was said, only what opens the conversation again. */
export interface StoredSession {
  sessionId: string;
  sessionToken: string;
  /** Unix milliseconds. */
  expiresAt: number;
  /** The userId the host vouched for when the session was made. */
  owner?: string;
}

const hasStoredFields = shape({
  sessionId: isText,
  sessionToken: isText,
  expiresAt: isNumber,
  owner: optional(isText),
});

export function isStoredSession(value: unknown): value is StoredSession {
  return hasStoredFields(value) && (value as StoredSession).expiresAt > Date.now();
}
