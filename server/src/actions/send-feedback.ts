import { immediateResponse, type FeedbackReceived } from "@smooth-agent/protocol";
import { tellFeedback } from "../turn/feedback-notice.js";
import { ActionError, sessionNotFound } from "./action-error.js";
import type { ActionHandler } from "./action-handler.js";
import { checkMessageRate } from "./rate-check.js";

/** Keeps what the visitor thinks of an answer; the last word counts, and the same one again changes nothing. */
export const sendFeedback: ActionHandler<"send_feedback"> = async (
  { requestId, sessionId, messageId, rating, comment: said },
  caller,
  ports,
) => {
  const session = caller.session(sessionId);
  if (!session) throw sessionNotFound();
  await checkMessageRate(session, caller, ports);
  const comment = (rating !== null && said?.trim()) || null;
  const { conversationId, userParticipantId: participantId } = session;
  const given = { conversationId, participantId, messageId, rating, comment };
  const kept = await ports.store.giveFeedback(given);
  // What is unknown, another conversation's and the visitor's own looks the same, to the byte.
  if (!kept) {
    throw new ActionError("VALIDATION_ERROR", "messageId is not an answer of this conversation.");
  }
  const data: FeedbackReceived = { sessionId, messageId, rating, ...(comment && { comment }) };
  caller.reply(immediateResponse(requestId, 200, "Feedback received", data, ports.now()));
  if (kept.isChanged) tellFeedback(session, { messageId, rating, comment }, ports);
};
