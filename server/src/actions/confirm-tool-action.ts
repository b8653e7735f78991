import { isDeepStrictEqual } from "node:util";
import {
  confirmationResolved,
  immediateResponse,
  type ActionOf,
  type ToolActionDecided,
} from "@smooth-agent/protocol";
import type { SessionRecord, ToolCallRecord } from "../store/records.js";
import { tellEnded } from "../turn/question-notice.js";
import { storedConfirmation } from "../turn/tool-call.js";
import { ActionError } from "./action-error.js";
import { verdictSource, type Caller } from "./caller.js";
import type { ActionPorts } from "./ports.js";
import type { ActionHandler } from "./action-handler.js";

/**
 * Binds the verdict to the one tool call that was shown, acks it, and only then resumes the turn. A
 * verdict that is late, repeated, foreign or for another call changes nothing.
 */
export const confirmToolAction: ActionHandler<"confirm_tool_action"> = async (
  action,
  caller,
  ports,
) => {
  const { requestId, sessionId, approved, reason } = action;
  const session = caller.session(sessionId);
  if (!session) throw noPendingConfirmation();
  const { conversationId } = session;
  if (isDoubleClick(action, caller, ports)) throw noPendingConfirmation();
  const { id: toolCallId, digest } = await meantToolCall(action, session, caller, ports);
  const { store, owner, backplane, turns, now } = ports;
  const by = "visitor";
  const source = verdictSource(session, caller);
  const verdict = { conversationId, toolCallId, digest, approved, by, source, reason, owner };
  const decided = await store.decide({ ...verdict, now: new Date(now()) });
  if (!decided) throw noPendingConfirmation();
  caller.lastVerdict = { requestId, at: now() };
  const data: ToolActionDecided = { sessionId, approved };
  const message = approved ? "Tool action approved" : "Tool action rejected";
  caller.reply(immediateResponse(requestId, 200, message, data, now()));
  const resolution = { requestId: decided.requestId, toolCallId, approved, by };
  const event = confirmationResolved(resolution, now());
  backplane.publish(conversationId, { event, cause: caller.id });
  const end = { type: "question.answered", approved, by, hasReason: Boolean(reason) } as const;
  tellEnded({ turnId: decided.turnId, toolCallId }, end, ports);
  turns.start({ id: decided.turnId });
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

/**
 * The tool call that a verdict is about: the one it names, else the one this connection was shown last.
 * An older client names none; its late answer must not fall on the next question.
 */
async function meantToolCall(
  action: ActionOf<"confirm_tool_action">,
  { conversationId }: SessionRecord,
  caller: Caller,
  { store }: ActionPorts,
): Promise<ToolCallRecord> {
  const { active } = await store.currentTurns(conversationId);
  const calls = active?.steps.flatMap(({ toolCalls }) => toolCalls) ?? [];
  const pending = calls.find(({ state }) => state === "awaiting");
  if (!pending) throw noPendingConfirmation();
  const meant = action.toolCallId ?? caller.shownQuestion(conversationId);
  if (meant !== pending.id) throw mismatch();
  // A person of the team approves it, and nobody else does; the visitor may still decline.
  const isTeams = storedConfirmation(pending)?.approver === "team";
  if (isTeams && action.approved) throw noPendingConfirmation();
  if (action.arguments !== undefined) {
    const shown = JSON.parse(pending.confirmation ?? "{}") as { arguments?: unknown };
    if (!isDeepStrictEqual(action.arguments, shown.arguments)) {
      throw new ActionError("VALIDATION_ERROR", "arguments cannot be changed for this tool.");
    }
  }
  return pending;
}

function noPendingConfirmation(): ActionError {
  return new ActionError("NO_PENDING_CONFIRMATION", "No question is waiting for an answer here.");
}

function mismatch(): ActionError {
  const message = "Another question is waiting than the one that was answered.";
  return new ActionError("CONFIRMATION_MISMATCH", message);
}
