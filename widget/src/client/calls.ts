import type {
  ConversationMessages,
  ConversationSummary,
  OtpDelivery,
  OtpFailure,
  OtpSuccess,
  Rating,
} from "@smooth-agent/protocol";
import { unreadable } from "./request-error.js";
import type { Requests } from "./requests.js";
import { newId } from "./runtime.js";
import { readConversations, readMessagePage } from "./server-event.js";

/** What came of a one-time code that was handed in. */
export type OtpOutcome = ({ verified: true } & OtpSuccess) | ({ verified: false } & OtpFailure);

/** What is asked of the server once, on the connection of now; all reject at once when not online. */
export interface Calls {
  /**
   * Reads a page of history, newest first; rejects with a RequestError.
   *
   * @param accept given the page before any later event is heard
   */
  messages(
    page?: { limit?: number; cursor?: string },
    accept?: (page: ConversationMessages) => void,
  ): Promise<ConversationMessages>;
  /** Reads the visitor's conversations, newest first; rejects as `messages` does. */
  listConversations(limit?: number): Promise<ConversationSummary[]>;
  /** Gives one of them another title, at most 60 characters; rejects as `messages` does. */
  renameConversation(conversationId: string, title: string): Promise<void>;
  /** Hands in the one-time code; resolves also when it is not right; rejects as `messages` does. */
  verifyOtp(code: string): Promise<OtpOutcome>;
  /** Asks for another one-time code, by another channel when given; rejects as `messages` does. */
  requestOtp(channel?: string): Promise<OtpDelivery>;
  /** Lets the visitor be asked again; rejects as `messages` does. */
  revokeGrant(grantId: string): Promise<void>;
  /**
   * Says what the visitor thinks of an answer; the last word counts. Rejects as `messages` does.
   *
   * @param rating null takes it back
   * @param comment at most 1000 characters
   */
  sendFeedback(messageId: string, rating: Rating | null, comment?: string): Promise<void>;
}

/** @param requireSession the session's id; throws a RequestError when not online */
export function createCalls({ ask, askFor }: Requests, requireSession: () => string): Calls {
  return {
    async messages(page, accept) {
      const action = "get_conversation_messages";
      // A server that does not know the extension ignores it.
      const include = ["turns"];
      const sessionId = requireSession();
      let read: ConversationMessages | undefined;
      await ask({ action, sessionId, include, ...page }, (data) => {
        read = readMessagePage(data);
        if (read) accept?.(read);
      });
      if (read) return read;
      throw unreadable();
    },

    async listConversations(limit) {
      requireSession();
      const read = readConversations(await ask({ action: "list_conversations", limit }));
      if (read) return read;
      throw unreadable();
    },

    async renameConversation(conversationId, title) {
      requireSession();
      await ask({ action: "rename_conversation", conversationId, title });
    },

    async verifyOtp(code) {
      const action = "verify_otp";
      const sessionId = requireSession();
      const event = await askFor({ action, requestId: newId(), sessionId, code }, CODE_ANSWERS);
      return event.type === "otp_verified"
        ? { verified: true, ...event.data.data }
        : { verified: false, ...event.data.data };
    },

    async requestOtp(channel) {
      const action = "request_otp";
      const sessionId = requireSession();
      const event = await askFor({ action, requestId: newId(), sessionId, channel }, ["otp_sent"]);
      return event.data.data;
    },

    async revokeGrant(grantId) {
      await ask({ action: "revoke_grant", sessionId: requireSession(), grantId });
    },

    async sendFeedback(messageId, rating, comment) {
      const said = { messageId, rating, comment: comment?.trim() || undefined };
      await ask({ action: "send_feedback", sessionId: requireSession(), ...said });
    },
  };
}

const CODE_ANSWERS = ["otp_verified", "otp_invalid"] as const;
