import type { Reply, Usage } from "@smooth-agent/protocol";
import type { WorkflowPlace } from "../agent/workflow-place.js";
import type { StepRecord, TurnWithSteps } from "../store/records.js";
import { hasAskedForPerson } from "./request-human-agent.js";
import { reportedOutcome } from "./report-outcome.js";
import { suggestedReplies } from "./suggest-replies.js";

/** What a reply is made of besides its turn. */
export interface ReplyParts {
  text: string | undefined;
  /** The stored message; absent when the contract names none. */
  messageId: string | undefined;
  /** Where the turn stood in the agent's workflow. */
  place: WorkflowPlace | null;
  /** What calls beside the turn used. */
  beside: readonly Usage[];
  /** Given when a person has taken over from the agent. */
  handOff?: "active";
}

/** The reply of a turn as the wire tells it. */
export function replyOf(
  turn: TurnWithSteps,
  { text, messageId, place, beside, handOff }: ReplyParts,
): Reply {
  const truncated = turn.steps.at(-1)?.finishReason === "length";
  const usage = usageOf(turn, beside);
  const outcome = reportedOutcome(turn);
  return {
    ...(messageId !== undefined && { messageId }),
    ...(truncated && { truncated }),
    ...(handOff && { handOff }),
    needsEscalation: hasAskedForPerson(turn) || (outcome?.needsEscalation ?? false),
    response: {
      responseParts: text ? [text] : [],
      customerHappinessScore: 0.5,
      needsSatisfactionScore: 0.5,
      requestSummary: outcome?.summary ?? "",
      resolutionStatus: outcome?.resolutionStatus ?? "in_progress",
      suggestedNextActions: suggestedReplies(turn, place),
    },
    ...(usage && { usage }),
  };
}

/** The sum over the steps, and the calls beside, that report their usage; undefined when none does. */
function usageOf(turn: TurnWithSteps, beside: readonly Usage[]): Usage | undefined {
  const steps = turn.steps.filter(({ promptTokens }) => promptTokens !== null);
  const reported: Pick<StepRecord, keyof Usage>[] = [...steps, ...beside];
  if (reported.length === 0) return undefined;
  const sum = (of: (used: Pick<StepRecord, keyof Usage>) => number | null) =>
    reported.reduce((total, used) => total + (of(used) ?? 0), 0);
  return {
    costUsd: sum((step) => step.costUsd),
    promptTokens: sum((step) => step.promptTokens),
    completionTokens: sum((step) => step.completionTokens),
  };
}
