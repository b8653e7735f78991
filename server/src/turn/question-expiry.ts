import { confirmationResolved, interactionResolved } from "@smooth-agent/protocol";
import type { Backplane } from "../backplane/backplane.js";
import type { ToolCallRecord, TurnWithSteps } from "../store/records.js";
import type { ExpiredQuestion, ExpiredTurn } from "../store/store.js";
import type { TurnPorts } from "./ports.js";
import { tellEnded } from "./question-notice.js";
import { isAwaiting } from "./snapshot.js";
import { unanswered } from "./unanswered.js";
import { noAnswer } from "./untold-outcome.js";

/**
 * Ends a question whose time is up.
 *
 * @returns whether the turn goes on in this process
 */
export async function expireQuestion(
  due: ExpiredTurn,
  ports: TurnPorts,
  backplane: Backplane,
): Promise<boolean> {
  const { store, now } = ports;
  const at = new Date(now());
  const becomes = await unanswered(due, ports, backplane);
  if (!becomes) return false;
  const isOver = "terminal" in becomes;
  const next = isOver ? { ...becomes.next, result: noAnswer(waitingIn(becomes)) } : becomes.next;
  const expired = await store.expire(due.turnId, at, next);
  if (!expired) return false;
  // Also of a turn that nobody watched: somebody may have come this very moment.
  tell(expired, due, ports, backplane);
  if (isOver) backplane.publish(due.conversationId, { event: becomes.terminal });
  return !isOver;
}

function waitingIn({ turn }: { turn: TurnWithSteps }): ToolCallRecord | undefined {
  return turn.steps.flatMap(({ toolCalls }) => toolCalls).find(isAwaiting);
}

function tell(
  { conversationId, isForm, ...question }: ExpiredQuestion,
  { turnId }: ExpiredTurn,
  ports: TurnPorts,
  backplane: Backplane,
): void {
  const { requestId, toolCallId } = question;
  const event = isForm
    ? interactionResolved({ requestId, interactionId: toolCallId, status: "expired" }, ports.now())
    : confirmationResolved({ ...question, approved: false, by: "system" }, ports.now());
  backplane.publish(conversationId, { event });
  tellEnded({ turnId, ...question }, { type: "question.expired" }, ports);
}
