/** WebSocket close codes a server sends, by meaning (RFC 6455 §7.4, IANA registry; 4401 is ours). */
export const CLOSE_CODES = {
  /** Flood: more frames per second than the limit. */
  flood: 1008,
  /** A frame over the size limit. */
  frameTooLarge: 1009,
  /** The server drains: come back after a jittered wait. */
  drain: 1012,
  /** The reader was too slow for too long. */
  slowReader: 1013,
  /** The session ended or was revoked. */
  sessionEnded: 4401,
} as const;
