import { OTP_LIMITS, type OtpLimits } from "./auth/otp/otp-limits.js";
import { RATE_LIMITS, type RateLimits } from "./auth/rates.js";
import { BREAKER_LIMITS, type BreakerLimits } from "./gateway/breaker.js";
import { TURN_LIMITS, type TurnLimits } from "./turn/ports.js";

/** The bounds and times of a server. */
export interface ServerLimits extends TurnLimits, RateLimits, BreakerLimits, OtpLimits {
  /** Milliseconds that the answer of `gatewayOf` about an organization holds. */
  gatewayKeyMs: number;
  /** Requests of one principal to the host API in a minute; more are refused with RATE_LIMITED. */
  apiRequestsPerMinute: number;
  /** Frames of one connection in a second; more close it with 1008. */
  framesPerSecond: number;
  /** Actions of one connection that wait for their answer; more close it with 1008. */
  pendingActions: number;
  /** Bytes in the wire above which a reader counts as slow and its tokens are merged. */
  wireBytes: number;
  /** Bytes kept back for a slow reader above which it gets a snapshot in place of what it missed. */
  backlogBytes: number;
  /** Bytes kept back for a slow reader that knows no snapshots; more close it with 1013. */
  outboundBytes: number;
  /** Milliseconds that a reader may lag behind; more close it with 1013. */
  slowReaderMs: number;
  /** Milliseconds that other pages leave a call to the one that started its turn. */
  clientToolHeadStartMs: number;
  /** Milliseconds that a page that has gone may take to come back with what came of its call. */
  clientToolGoneMs: number;
  /** Milliseconds between two control pings of a socket. */
  pingMs: number;
  /** Milliseconds between two sweeps for abandoned turns and expired questions. */
  sweepMs: number;
  /** Milliseconds between two looks at whether what is open is still allowed: ended sessions, changed policies. */
  watchMs: number;
  /** Milliseconds between two deletions of what is older than `retentionDays`. */
  retentionMs: number;
  /** Milliseconds that a silent process keeps its turns, where several share a database. */
  leaseMs: number;
  /** Milliseconds that an answer of the host's `agent` function serves. */
  agentCacheMs: number;
  /** Milliseconds that a turn waits for MCP servers that are not connected; it goes on without them. */
  mcpWaitMs: number;
  /** Milliseconds that running turns have to end when the server drains. */
  drainMs: number;
}

/** The default ones. */
export const SERVER_LIMITS: ServerLimits = {
  ...TURN_LIMITS,
  ...RATE_LIMITS,
  ...BREAKER_LIMITS,
  ...OTP_LIMITS,
  gatewayKeyMs: 30_000,
  apiRequestsPerMinute: 600,
  framesPerSecond: 200,
  pendingActions: 64,
  wireBytes: 64 * 1024,
  backlogBytes: 256 * 1024,
  outboundBytes: 1024 * 1024,
  slowReaderMs: 60_000,
  clientToolHeadStartMs: 250,
  clientToolGoneMs: 10_000,
  pingMs: 25_000,
  // Together short enough that a turn of a killed process goes on within five seconds.
  sweepMs: 1_000,
  leaseMs: 3_000,
  watchMs: 20_000,
  retentionMs: 3_600_000,
  agentCacheMs: 2_000,
  mcpWaitMs: 3_000,
  drainMs: 10_000,
};
