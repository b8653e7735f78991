import type { Pending, ServerEvent } from "@smooth-agent/protocol";
import { idOf } from "../client/pending.js";
import { withPending } from "./agent-entry.js";
import type { ConversationState } from "./conversation-state.js";
import { answered, invalid } from "./form-part.js";
import { decided, expired, isOpen } from "./tool-part.js";
import { withTool, withTurn } from "./turn-change.js";
import { waitingQuestions } from "./waiting-questions.js";

type QuestionEvent = Extract<
  ServerEvent,
  {
    type:
      | "write_confirmation_required"
      | "confirmation_resolved"
      | "interaction_required"
      | "interaction_invalid"
      | "interaction_resolved";
  }
>;

/** What is shown after an event about what the visitor is asked. */
export function reduceQuestion(state: ConversationState, event: QuestionEvent): ConversationState {
  const { requestId, timestamp: at } = event;
  switch (event.type) {
    case "write_confirmation_required":
    case "interaction_required":
      return withAsked(state, requestId, event.data.data, at);
    case "confirmation_resolved": {
      const { toolCallId, approved, by, confirmation } = event.data;
      return withTool(state, toolCallId, (part) =>
        by === "system"
          ? expired(part)
          : decided(part, { state: "decided", approved, at, here: false, by }, confirmation),
      );
    }
    case "interaction_invalid": {
      const { interactionId, errors } = event.data.data;
      return withTool(state, interactionId, (part) => invalid(part, errors));
    }
    case "interaction_resolved": {
      const { interactionId, status } = event.data;
      // A state that is not known yet shows as one in which nobody waits any more.
      const isAnswered = status === "submitted" || status === "declined";
      return withTool(state, interactionId, (part) =>
        answered(part, isAnswered ? { state: status, here: false } : { state: "gone" }),
      );
    }
  }
}

/** One question waits at a time: what else was asked is gone, unless its answer is on its way. */
export function withoutOthers(state: ConversationState, id: string | undefined): ConversationState {
  let changed = state;
  for (const part of waitingQuestions(state)) {
    if (part.toolCallId === id) continue;
    changed = withTool(changed, part.toolCallId, (other) =>
      isOpen(other) ? { ...other, verdict: { state: "gone" } } : answered(other, { state: "gone" }),
    );
  }
  return changed;
}

function withAsked(
  state: ConversationState,
  requestId: string,
  pending: Pending,
  at: number,
): ConversationState {
  const id = idOf(pending);
  const next = withTurn(state, requestId, at, (entry) => {
    const parts = withPending(entry.parts, pending);
    // What was answered already is told once more.
    return parts === entry.parts ? entry : { ...entry, parts, status: "parked" };
  });
  return next === state ? state : withoutOthers(next, id);
}
