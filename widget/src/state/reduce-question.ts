import type { Pending, ServerEvent } from "@smooth-agent/protocol";
import { idOf } from "../client/pending.js";
import { withPending } from "./agent-entry.js";
import type { ConversationState, ToolPart, TranscriptEntry } from "./conversation-state.js";
import { answered, invalid, isOwnAnswer } from "./form-part.js";
import { toolParts } from "./part-list.js";
import { decided, expired, isOwnVerdict, unasked } from "./tool-part.js";
import { isLive } from "./transcript.js";
import { withTool, withTurn } from "./turn-change.js";

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
      return withTool(state, toolCallId, (part) => {
        if (by === "system") return expired(part);
        const here = isOwnVerdict(part, approved);
        return decided(part, { state: "decided", approved, at, here, by }, confirmation);
      });
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
        answered(
          part,
          isAnswered
            ? { state: status, here: isOwnAnswer(part, status === "declined") }
            : { state: "gone" },
        ),
      );
    }
  }
}

/** One question waits at a time: what else was asked has its answer, here or elsewhere, or is gone. */
export function withoutOthers(state: ConversationState, id: string | undefined): ConversationState {
  let changed = state;
  for (const { toolCallId, status } of state.transcript.flatMap(liveTools)) {
    const isOther = toolCallId !== id && status === "awaiting";
    if (isOther) changed = withTool(changed, toolCallId, unasked);
  }
  return changed;
}

function liveTools(entry: TranscriptEntry): ToolPart[] {
  return isLive(entry) ? toolParts(entry.parts) : [];
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
