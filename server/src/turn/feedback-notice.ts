import type { FeedbackNotice } from "../notice/notice.js";
import type { SessionRecord } from "../store/records.js";
import type { NoticePorts } from "./question-notice.js";

/** Tells the host what a visitor said of an answer just now. Returns at once. */
export function tellFeedback(
  { organizationId, agentId, conversationId, userId }: SessionRecord,
  said: Pick<FeedbackNotice, "messageId" | "rating" | "comment">,
  { notices, now }: Pick<NoticePorts, "notices" | "now">,
): void {
  const at = new Date(now()).toISOString();
  const whose = { organizationId, agentId, conversationId, userId };
  notices.tell(() => ({ type: "feedback.received", at, ...whose, ...said }));
}
