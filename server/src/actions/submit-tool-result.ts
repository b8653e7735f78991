import { immediateResponse, type ToolResultAccepted } from "@smooth-agent/protocol";
import { pageAnswer } from "../turn/client-call.js";
import { noPendingInteraction } from "./action-error.js";
import type { ActionHandler } from "./action-handler.js";

/**
 * Takes what a page says came of its call, acks it, and only then resumes the turn. What is late,
 * repeated, or of a call that no page of this session has, changes nothing.
 */
export const submitToolResult: ActionHandler<"submit_tool_result"> = async (
  { requestId, sessionId, toolCallId, result = "", isError = false },
  caller,
  { store, owner, turns, now },
) => {
  const session = caller.session(sessionId);
  if (!session) throw noPendingInteraction();
  const { conversationId } = session;
  const answer = pageAnswer(result, isError);
  const given = { conversationId, sessionId, toolCallId, answer, owner };
  const answered = await store.answerClientCall({ ...given, now: new Date(now()) });
  if (!answered) throw noPendingInteraction();
  const data: ToolResultAccepted = { sessionId, toolCallId };
  caller.reply(immediateResponse(requestId, 200, "Tool result accepted", data, now()));
  if (!answered.isOver) turns.start({ id: answered.turnId });
};
