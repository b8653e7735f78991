import {
  immediateResponse,
  interactionInvalid,
  interactionResolved,
  type ActionOf,
  type FieldError,
  type Interaction,
  type InteractionAnswered,
} from "@smooth-agent/protocol";
import type { SessionRecord } from "../store/records.js";
import type { InteractionAnswer } from "../store/store.js";
import { DECLINED_ANSWER, submittedAnswer } from "../turn/interaction/form-answer.js";
import { kindNamed } from "../turn/interaction/interaction-kinds.js";
import { tellEnded } from "../turn/question-notice.js";
import { storedInteraction } from "../turn/tool-call.js";
import { ActionError, noPendingInteraction } from "./action-error.js";
import type { ActionHandler } from "./action-handler.js";
import type { ActionPorts } from "./ports.js";

/**
 * Binds an answer to the one form that was shown, acks it, and only then resumes the turn. An answer that
 * is late, repeated, foreign or for another form changes nothing, and neither does one that is not valid.
 */
export const submitInteraction: ActionHandler<"submit_interaction"> = async (
  action,
  caller,
  ports,
) => {
  const { requestId, sessionId, interactionId } = action;
  const session = caller.session(sessionId);
  if (!session) throw noPendingInteraction();
  const { kind, spec } = await meantForm(action, session, ports);
  const given = answerOf(action, kind, spec);
  const { store, owner, backplane, turns, now } = ports;
  if ("errors" in given) {
    const told = { interactionId, kind, ...given, message: "Some fields need attention." };
    caller.reply(interactionInvalid(requestId, told, now()));
    return;
  }
  const { conversationId } = session;
  const place = { conversationId, toolCallId: interactionId, sessionId };
  const answer = { ...place, ...given.stored, now: new Date(now()), owner };
  const answered = await store.answerInteraction(answer);
  if (!answered) throw noPendingInteraction();
  const data: InteractionAnswered = { sessionId, interactionId, ...given.told };
  const { declined } = given.stored;
  const status = declined ? "declined" : "submitted";
  caller.reply(immediateResponse(requestId, 200, `Interaction ${status}`, data, now()));
  const resolution = { requestId: answered.requestId, interactionId, status } as const;
  backplane.publish(conversationId, {
    event: interactionResolved(resolution, now()),
    cause: caller.id,
  });
  const { turnId } = answered;
  const end = { type: "question.answered", approved: !declined, by: "visitor" } as const;
  tellEnded({ turnId, toolCallId: interactionId }, { ...end, hasReason: false }, ports);
  turns.start({ id: turnId });
};

type SubmitInteraction = ActionOf<"submit_interaction">;

/** The form that waits, when it is the one that was answered. */
async function meantForm(
  { interactionId, kind }: SubmitInteraction,
  { conversationId }: SessionRecord,
  { store }: ActionPorts,
): Promise<Interaction> {
  const { active } = await store.currentTurns(conversationId);
  const calls = active?.steps.flatMap(({ toolCalls }) => toolCalls) ?? [];
  const pending = calls.find(
    ({ state, interaction }) => state === "awaiting" && interaction !== null,
  );
  const form = pending && storedInteraction(pending);
  if (!form) throw noPendingInteraction();
  if (form.interactionId !== interactionId || (kind !== undefined && kind !== form.kind)) {
    const message = "Another form is waiting than the one that was answered.";
    throw new ActionError("INTERACTION_MISMATCH", message);
  }
  return form;
}

interface Given {
  stored: Pick<InteractionAnswer, "answer" | "declined" | "identity">;
  /** What the ack says of it. */
  told: Pick<InteractionAnswered, "kind" | "values" | "declined">;
}

function answerOf(
  { declined, values }: SubmitInteraction,
  kind: string,
  spec: Interaction["spec"],
): Given | { errors: FieldError[] } {
  if (declined) {
    return { stored: { answer: DECLINED_ANSWER, declined }, told: { declined } };
  }
  if (!values) throw new ActionError("VALIDATION_ERROR", "values is required.");
  const checked = kindNamed(kind)?.validate(values, spec);
  // A server that does not know the kind any more cannot tell what is valid.
  if (!checked) throw noPendingInteraction();
  if ("errors" in checked) return checked;
  const { values: canonical, identity } = checked;
  return {
    stored: { answer: submittedAnswer(canonical), declined: false, ...(identity && { identity }) },
    told: { kind, values: canonical },
  };
}
