import type {
  ConversationMessages,
  ErrorDescriptor,
  ServerEvent,
  SessionDescriptor,
} from "@smooth-agent/protocol";
import type { ConnectionState } from "../client/connection-state.js";

/** Everything that changes what is shown: what the client hears, and what the visitor does. */
export type ConversationInput =
  | { type: "connection"; state: ConnectionState }
  | { type: "session"; session: SessionDescriptor; resumed: boolean; at: number }
  | { type: "event"; event: ServerEvent }
  /** The visitor wrote a message; it waits. */
  | { type: "written"; id: string; text: string; at: number }
  /** The visitor tries a refused message again; it waits. */
  | { type: "retried"; id: string }
  /** A waiting message goes on the wire. */
  | { type: "sending"; id: string }
  /** The visitor pressed a button of this card. */
  | { type: "deciding"; toolCallId: string; approved: boolean }
  | { type: "decided"; toolCallId: string; approved: boolean; at: number }
  | { type: "undecided"; toolCallId: string; error: ErrorDescriptor }
  | { type: "history-loading" }
  /** The newest page meets what is shown; an older one goes on top of it. */
  | { type: "history-page"; page: ConversationMessages; newest: boolean }
  | { type: "history-failed" };
