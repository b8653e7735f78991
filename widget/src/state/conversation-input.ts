import type {
  ConversationMessages,
  ConversationSummary,
  ErrorDescriptor,
  Rating,
  ServerEvent,
  SessionDescriptor,
} from "@smooth-agent/protocol";
import type { AnswerNotice } from "../client/answers.js";
import type { ConnectionState } from "../client/connection-state.js";
import type { AnswerFeedback, OtpState } from "./conversation-state.js";
import type { UnsentMessage } from "./outbox.js";

/** Everything that changes what is shown: what the client hears, and what the visitor does. */
export type ConversationInput =
  | { type: "connection"; state: ConnectionState }
  | {
      type: "session";
      session: SessionDescriptor;
      resumed: boolean;
      verified?: boolean;
      at: number;
    }
  /** Everything that is shown was another visitor's. */
  | { type: "left" }
  | { type: "event"; event: ServerEvent }
  /** The visitor wrote a message; it waits. */
  | { type: "written"; id: string; text: string; at: number }
  /** The visitor tries a refused message again; it waits. */
  | { type: "retried"; id: string; at: number }
  /** The visitor takes back what did not go yet. */
  | { type: "unsent"; id: string }
  | { type: "drafting"; text: string }
  /** What an earlier page left for this visitor. */
  | { type: "kept"; draft: string; messages: UnsentMessage[] }
  /** The visitor leaves the conversation for another one. */
  | { type: "moving" }
  | { type: "rating"; id: string; rating: Rating | null; comment?: string }
  /** `now`: what is shown since the visitor pressed; `former`: what was shown before. */
  | {
      type: "rated";
      id: string;
      former: AnswerFeedback | undefined;
      now: AnswerFeedback | undefined;
      done: boolean;
    }
  | { type: "listing" }
  /** Without items that failed. */
  | { type: "listed"; items?: ConversationSummary[] }
  /** A waiting message goes on the wire. */
  | { type: "sending"; id: string }
  /** The visitor pressed a button of this card. */
  | { type: "deciding"; toolCallId: string; approved: boolean }
  | (Extract<AnswerNotice, { type: "decided" }> & { at: number })
  | { type: "undecided"; toolCallId: string; error: ErrorDescriptor }
  /** The visitor sent this form; null declines it. */
  | { type: "answering"; interactionId: string; values: Record<string, unknown> | null }
  | Extract<AnswerNotice, { type: "answered" }>
  | { type: "unanswered"; interactionId: string; error: ErrorDescriptor }
  /** The visitor typed a one-time code, or asked for another one. */
  | { type: "otp-verifying" }
  | { type: "otp-requested"; channel?: string }
  /** It came to nothing; `status` is that from before. */
  | { type: "otp-undone"; status: OtpState["status"]; error: ErrorDescriptor; at: number }
  | { type: "otp-dismissed" }
  /** The visitor wants to be asked again; what was said to that. */
  | { type: "revoking"; grantId: string }
  | { type: "revoked"; grantId: string; done: boolean }
  | { type: "history-loading" }
  /** The newest page meets what is shown; an older one goes on top of it. */
  | { type: "history-page"; page: ConversationMessages; newest: boolean }
  | { type: "history-failed" };
