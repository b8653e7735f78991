import type { Reply, Usage } from "@smooth-agent/protocol";
import type { StepRecord, TurnWithSteps } from "../store/records.js";
import { reportedOutcome } from "./report-outcome.js";

/** The reply of a turn as the wire tells it. */
export function replyOf(
  turn: TurnWithSteps,
  text: string | undefined,
  messageId: string | undefined,
): Reply {
  const truncated = turn.steps.at(-1)?.finishReason === "length";
  const usage = usageOf(turn);
  const outcome = reportedOutcome(turn);
  return {
    ...(messageId !== undefined && { messageId }),
    ...(truncated && { truncated }),
    needsEscalation: outcome?.needsEscalation ?? false,
    response: {
      responseParts: text ? [text] : [],
      customerHappinessScore: 0.5,
      needsSatisfactionScore: 0.5,
      requestSummary: outcome?.summary ?? "",
      resolutionStatus: outcome?.resolutionStatus ?? "in_progress",
      suggestedNextActions: [],
    },
    ...(usage && { usage }),
  };
}

/** The sum over the steps that report their usage; undefined when none does. */
function usageOf(turn: TurnWithSteps): Usage | undefined {
  const reported = turn.steps.filter(({ promptTokens }) => promptTokens !== null);
  if (reported.length === 0) return undefined;
  const sum = (of: (step: StepRecord) => number | null) =>
    reported.reduce((total, step) => total + (of(step) ?? 0), 0);
  return {
    costUsd: sum((step) => step.costUsd),
    promptTokens: sum((step) => step.promptTokens),
    completionTokens: sum((step) => step.completionTokens),
  };
}
