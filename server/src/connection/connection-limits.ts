import type { RateLimiterMemory } from "rate-limiter-flexible";
import type { OutboxLimits } from "./outbox.js";

/** The bounds of one connection. */
export interface ConnectionLimits extends OutboxLimits {
  /** Counts frames by connection id. */
  frames: RateLimiterMemory;
  /** Actions of one connection that have not been answered yet. */
  pendingActions: number;
  /** Bytes that may be kept back for a slow reader; with more than these, the next event closes the wire. */
  outboundBytes: number;
  /** Bytes above which a slow reader that knows snapshots gets one in place of what it missed. */
  backlogBytes: number;
  /** How long a reader may lag behind, in milliseconds; longer closes the wire. */
  slowReaderMs: number;
  /** How long a page may take for a call of one of its tools, in milliseconds. */
  clientToolMs: number;
  /** How long other pages leave a call to the one that started its turn, in milliseconds. */
  clientToolHeadStartMs: number;
  /** How long a page that has gone may take to come back with what came of its call, in milliseconds. */
  clientToolGoneMs: number;
}
