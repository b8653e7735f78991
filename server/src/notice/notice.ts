/** What a host may be told of: questions that its visitors and its team are asked, and feedback. */
export const NOTICE_TYPES = [
  "question.asked",
  "question.answered",
  "question.expired",
  "feedback.received",
] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

export type Notice = QuestionNotice | FeedbackNotice;

/** A question that was asked, answered, or not answered in time. Never an argument of its call. */
export type QuestionNotice = AskedNotice | AnsweredNotice | ExpiredNotice;

/** What a visitor said of an answer, changed, or took back. */
export interface FeedbackNotice {
  type: "feedback.received";
  /** RFC 3339. */
  at: string;
  organizationId: string;
  agentId: string;
  conversationId: string;
  messageId: string;
  /** Null when it was taken back. */
  rating: "up" | "down" | null;
  /** The visitor's own words; null for none. */
  comment: string | null;
  /** The verified visitor who said it; null for an anonymous one. */
  userId: string | null;
}

export interface AskedNotice extends NoticeBase {
  type: "question.asked";
  /** What whoever is asked reads first, as the tool's own `confirm` wrote it; absent for a form. */
  summary?: string;
}

export interface AnsweredNotice extends NoticeBase {
  type: "question.answered";
  /** False of what was declined, also by the end of its turn. Of a form: whether it was filled in. */
  approved: boolean;
  /** Who answered: `visitor`, `team`, or `system` when its turn was ended by nobody of them. */
  by: string;
  /** Whether they gave a reason; the reason itself is in the host API alone. */
  hasReason: boolean;
}

export interface ExpiredNotice extends NoticeBase {
  type: "question.expired";
}

interface NoticeBase {
  /** RFC 3339, as are all times here. */
  at: string;
  organizationId: string;
  agentId: string;
  conversationId: string;
  turnId: string;
  requestId: string;
  toolCallId: string;
  toolName: string;
  title: string;
  /** Whether a call waits for a yes or a no, or a form for what it asks. */
  kind: "approval" | "form";
  /** Who may approve it. */
  approver: "visitor" | "team";
  /** When the question ends by itself. */
  expiresAt: string | null;
  /** The verified visitor of the conversation; null for an anonymous one. */
  userId: string | null;
}
