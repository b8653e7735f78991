import type { Rating } from "@smooth-agent/protocol";
import type { Client } from "../client/client.js";
import type { ConversationInput } from "./conversation-input.js";
import type { AnswerFeedback, Conversation, ConversationState } from "./conversation-state.js";
import { agentEntry, replace } from "./transcript.js";

/** Of a comment, in characters. */
const LONGEST = 1_000;

export interface RatingOptions {
  client: Client;
  state(): ConversationState;
  dispatch(input: ConversationInput): void;
}

/** How a visitor says what they think of an answer. */
export function createRating({
  client,
  state,
  dispatch,
}: RatingOptions): Pick<Conversation, "rate"> {
  return {
    rate(id, rating, given) {
      const comment = given?.trim().slice(0, LONGEST);
      const former = agentEntry(state().transcript, id)?.feedback;
      dispatch({ type: "rating", id, rating, ...(comment && { comment }) });
      const { messageId, feedback: now } = agentEntry(state().transcript, id) ?? {};
      // There is nothing to rate yet, or it was taken back already.
      if (messageId === undefined || now === former) return;
      const told = (done: boolean) => () => dispatch({ type: "rated", id, former, now, done });
      client.sendFeedback(messageId, rating, comment).then(told(true), told(false));
    },
  };
}

/** Shows what the visitor thinks at once. */
export function withRating(
  state: ConversationState,
  id: string,
  rating: Rating | null,
  comment: string | undefined,
): ConversationState {
  if (agentEntry(state.transcript, id)?.messageId === undefined) return state;
  const said = comment === undefined ? {} : { comment };
  return withFeedback(state, id, rating ? { rating, ...said, state: "sending" } : undefined);
}

/**
 * Shows whether the server took it.
 *
 * @param now what was shown of it; when that is not shown any more the visitor has thought again
 * @param former what is still kept when it did not
 */
export function withRated(
  state: ConversationState,
  { id, former, now, done }: Extract<ConversationInput, { type: "rated" }>,
): ConversationState {
  if (agentEntry(state.transcript, id)?.feedback !== now) return state;
  const left = done ? now : (now ?? former);
  return withFeedback(state, id, left && { ...left, state: done ? "kept" : "failed" });
}

function withFeedback(
  state: ConversationState,
  id: string,
  next: AnswerFeedback | undefined,
): ConversationState {
  const entry = agentEntry(state.transcript, id);
  if (!entry || entry.feedback === next) return state;
  const { feedback, ...rest } = entry;
  const transcript = replace(state.transcript, entry, next ? { ...rest, feedback: next } : rest);
  return { ...state, transcript };
}
