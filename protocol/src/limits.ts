/** Bounds that are part of the contract; a server may not widen them without telling its clients. */
export const LIMITS = {
  /** Bytes of one frame that a client sends. */
  frameBytes: 64 * 1024,
  /** Levels of nested arrays and objects in one frame. */
  frameDepth: 16,
  /** Characters (code points) of one visitor message. */
  messageCharacters: 10_000,
  /** Characters (code points) of a conversation's title. */
  titleCharacters: 60,
  /** Characters (code points) of a comment on an answer. */
  commentCharacters: 1_000,
  /** Bytes of a page's context as JSON. */
  contextBytes: 4_096,
  /** Levels of nested arrays and objects in a page's context. */
  contextDepth: 8,
  /** Characters of a locale. */
  localeCharacters: 35,
  /** Characters of a requestId, sessionId or other identifier in an action. */
  identifierCharacters: 256,
  /** Characters of a tool result on the wire. */
  toolResultCharacters: 2_000,
  /** Milliseconds between two `keepalive` events while a turn runs or is parked. */
  keepaliveMs: 20_000,
} as const;
