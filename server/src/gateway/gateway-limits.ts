/**
 * How long a model step may take, how much it may send and how often it is tried. Times in
 * milliseconds. Node's `fetch` has a limit of its own of 300 s for the headers and for silence.
 */
export interface GatewayLimits {
  /** From sending one request to its first token (text, reasoning or a tool call). */
  firstTokenMs: number;
  /** Without a byte, once tokens flow. */
  idleMs: number;
  /** The whole step, all attempts and the waits between them included. */
  totalMs: number;
  /** Requests per step, the first one included. */
  maxAttempts: number;
  /** The longest `Retry-After` that is waited for; a longer one fails the step at once. */
  retryAfterMaxMs: number;
  /** Upper bound of the first random wait between attempts; it doubles with each, up to 8 s. */
  backoffMs: number;
  /** How long usage is awaited after the finish reason, when the gateway leaves the stream open. */
  usageGraceMs: number;
  /** Bytes of one answer as they come over the wire. */
  maxAnswerBytes: number;
}

/** Fills what `limits` leaves out. */
export function gatewayLimits(limits: Partial<GatewayLimits> = {}): GatewayLimits {
  const {
    firstTokenMs = 60_000,
    idleMs = 45_000,
    totalMs = 600_000,
    maxAttempts = 3,
    retryAfterMaxMs = 10_000,
    backoffMs = 500,
    usageGraceMs = 2_000,
    maxAnswerBytes = 64 * 1024 * 1024,
  } = limits;
  return {
    firstTokenMs,
    idleMs,
    totalMs,
    maxAttempts,
    retryAfterMaxMs,
    backoffMs,
    usageGraceMs,
    maxAnswerBytes,
  };
}
