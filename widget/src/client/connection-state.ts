import type { ErrorDescriptor } from "@smooth-agent/protocol";

/** Whether the conversation can be reached right now; each status carries only its own fields. */
export type ConnectionState =
  /** Nothing was opened yet. */
  | { status: "idle" }
  | { status: "connecting" }
  /** The socket is open and the session is taken up. */
  | { status: "online" }
  /** No connection; the next attempt is at `retryAt` (Unix milliseconds). `error`: the reason, where known. */
  | { status: "reconnecting"; attempt: number; retryAt: number; error?: ErrorDescriptor }
  /** The server refused for good: no further attempt is made until the host or the visitor asks. */
  | { status: "refused"; error: ErrorDescriptor }
  | { status: "closed" };
