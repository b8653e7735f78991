import { confirmationResolved, interactionResolved } from "@smooth-agent/protocol";
import type { Backplane } from "../backplane/backplane.js";
import type { ExpiredQuestion, ExpiredTurn } from "../store/store.js";
import type { TurnPorts } from "./ports.js";
import { tellEnded } from "./question-notice.js";
import { isAwaiting } from "./snapshot.js";
import { completion } from "./turn-end.js";
import { noAnswer } from "./untold-outcome.js";

/** How long a process that nobody watches leaves an expired question to one that is watched. */
export const UNWATCHED_GRACE_MS = 2_000;

/**
 * Ends a question whose time is up. With somebody there, the turn goes on, so that its model says what
 * that means; with nobody, it closes without a model call, and the next turn's model is told.
 *
 * @returns whether the turn goes on in this process
 */
export async function expireQuestion(
  { turnId, conversationId, expiresAt }: ExpiredTurn,
  ports: TurnPorts,
  backplane: Backplane,
): Promise<boolean> {
  const { store, now } = ports;
  const at = new Date(now());
  const tell = ({ conversationId, isForm, ...question }: ExpiredQuestion) => {
    const { requestId, toolCallId } = question;
    const event = isForm
      ? interactionResolved({ requestId, interactionId: toolCallId, status: "expired" }, now())
      : confirmationResolved({ ...question, approved: false, by: "system" }, now());
    backplane.publish(conversationId, { event });
    tellEnded({ turnId, ...question }, { type: "question.expired" }, ports);
  };
  if (await backplane.isFollowed(conversationId)) {
    const expired = await store.expire(turnId, at, { owner: ports.owner });
    if (expired) tell(expired);
    return expired !== null;
  }
  const grace = store.isShared ? UNWATCHED_GRACE_MS : 0;
  if (at.getTime() < expiresAt.getTime() + grace) return false;
  const turn = await store.turn(turnId);
  if (!turn) return false;
  const { terminal, ...end } = await completion(turn, ports);
  const ending = { ...end, terminal: JSON.stringify(terminal) };
  const waiting = turn.steps.flatMap(({ toolCalls }) => toolCalls).find(isAwaiting);
  const result = noAnswer(waiting);
  const expired = await store.expire(turnId, at, { result, end: ending });
  if (!expired) return false;
  // Somebody may have come this very moment.
  tell(expired);
  backplane.publish(conversationId, { event: terminal });
  return false;
}
