/** Every wait of the client, in milliseconds. */
export interface Timing {
  /** Upper bound of the first wait before a new attempt; it doubles with every further one. */
  backoffMs: number;
  /** Upper bound of any wait before a new attempt. */
  backoffCapMs: number;
  /** Over how long clients spread their return after the server sent them away. */
  spreadMs: number;
  /** How long a connection must have been online for the back-off to start anew. */
  stableMs: number;
  /** Longest time from the start of an attempt to the session. */
  attemptMs: number;
  /** Longest wait for the answer to one action. */
  answerMs: number;
  /** Silence after which the client asks whether the server is still there. */
  quietMs: number;
  /** How long the server may take to show that it is. */
  pongMs: number;
}

export const DEFAULT_TIMING: Timing = {
  backoffMs: 500,
  backoffCapMs: 30_000,
  spreadMs: 5_000,
  stableMs: 5_000,
  attemptMs: 20_000,
  answerMs: 15_000,
  quietMs: 40_000,
  pongMs: 10_000,
};
