import type { Rating } from "@smooth-agent/protocol";
import type { FeedbackRecord } from "./records.js";

/** What visitors think of answers: one word per visitor and message, the last one. */
export interface FeedbackStore {
  /**
   * Keeps what a visitor says of a message, in place of what they said before; with a rating of null
   * takes it back.
   *
   * @returns whether that changed anything; null when the conversation has no such outbound message
   */
  giveFeedback(input: NewFeedback): Promise<{ isChanged: boolean } | null>;
  /** A page of an organization's feedback, what was said or changed last first. Null for a cursor that is none. */
  feedback(query: FeedbackQuery): Promise<FeedbackPage | null>;
}

export interface NewFeedback {
  conversationId: string;
  messageId: string;
  /** Who says it. */
  participantId: string;
  rating: Rating | null;
  /** Not kept with a rating of null. */
  comment: string | null;
}

export interface FeedbackQuery {
  organizationId: string;
  agentId?: string;
  conversationId?: string;
  rating?: Rating;
  /** Whether there is a comment. */
  hasComment?: boolean;
  /** Said or changed at this instant or later. */
  since?: Date;
  /** Said and changed before this instant. */
  until?: Date;
  /** 1..100 */
  limit: number;
  /** The `nextCursor` of the page before. */
  cursor?: string;
}

export interface FeedbackPage {
  feedback: FeedbackRecord[];
  nextCursor: string | null;
}
