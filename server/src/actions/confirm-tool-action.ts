import { immediateResponse, type ActionOf, type ToolActionDecided } from "@smooth-agent/protocol";
import { decideCall, goOn, type RefusedVerdict } from "../turn/approvals.js";
import { wireGrants } from "../turn/grant.js";
import { ActionError } from "./action-error.js";
import { isVouchedAnew, notVerified } from "./admission.js";
import { verdictSource, type Caller } from "./caller.js";
import type { ActionPorts } from "./ports.js";
import type { ActionHandler } from "./action-handler.js";
import { checkMessageRate } from "./rate-check.js";

/**
 * Binds the verdict to the one tool call that was shown, acks it, and only then resumes the turn. A
 * verdict that is late, repeated, foreign or for another call changes nothing.
 */
export const confirmToolAction: ActionHandler<"confirm_tool_action"> = async (
  action,
  caller,
  ports,
) => {
  const { requestId, sessionId, approved } = action;
  const session = caller.session(sessionId);
  if (!session || isDoubleClick(action, caller, ports)) throw refusal({ refused: "none" });
  // The host is asked about these, however often it refuses them.
  if (action.arguments !== undefined || action.authContext !== undefined) {
    await checkMessageRate(session, caller, ports);
  }
  const { conversationId } = session;
  const decided = await decideCall(
    {
      conversationId,
      // An older client names none; its late answer must not fall on the next question.
      toolCallId: action.toolCallId ?? caller.shownQuestion(conversationId),
      approved,
      by: "visitor",
      source: verdictSource(session, caller),
      reason: action.reason,
      arguments: action.arguments,
      remember: action.remember,
      vouched: (since) => isVouchedAnew(session, action.authContext, since, caller, ports),
    },
    ports,
  );
  if ("refused" in decided) throw refusal(decided);
  caller.lastVerdict = { requestId, at: ports.now() };
  const { confirmation, grants } = decided;
  const data: ToolActionDecided = {
    sessionId,
    approved,
    ...(confirmation && { confirmation }),
    ...(grants && { grants: wireGrants(grants) }),
  };
  const message = approved ? "Tool action approved" : "Tool action rejected";
  caller.reply(immediateResponse(requestId, 200, message, data, ports.now()));
  goOn(decided, ports, caller.id);
};

/** Milliseconds in which nobody has read the next question. */
const DOUBLE_CLICK_MS = 1_000;

/**
 * Whether a verdict that names no call is the frame before, sent twice: it must not fall on the question
 * that follows. Later the same requestId is a verdict of its own: older clients send the turn's.
 */
function isDoubleClick(
  { toolCallId, requestId }: ActionOf<"confirm_tool_action">,
  { lastVerdict }: Caller,
  { now }: ActionPorts,
): boolean {
  if (toolCallId !== undefined || requestId !== lastVerdict?.requestId) return false;
  return now() - lastVerdict.at < DOUBLE_CLICK_MS;
}

function refusal(verdict: RefusedVerdict): ActionError {
  switch (verdict.refused) {
    case "none":
      return new ActionError(
        "NO_PENDING_CONFIRMATION",
        "No question is waiting for an answer here.",
      );
    case "mismatch":
      return new ActionError(
        "CONFIRMATION_MISMATCH",
        "Another question is waiting than the one that was answered.",
      );
    case "invalid":
      return new ActionError("VALIDATION_ERROR", verdict.problem);
    case "unvouched":
      return notVerified();
  }
}
