import type { ToolCallRecord } from "../../store/records.js";
import type { ToolOutcome } from "../../store/store.js";
import { UNANSWERED } from "../untold-outcome.js";

/** What a call comes to whose form was filled in: JSON text for the model. */
export function submittedAnswer(values: Record<string, unknown>): string {
  return JSON.stringify({ status: "submitted", values });
}

/** What a call comes to whose form was declined: JSON text for the model. */
export const DECLINED_ANSWER = JSON.stringify({
  status: "declined",
  message: "The visitor does not want to answer this. Do not ask for it again; go on without it.",
});

/** What became of a call that asked by a form; undefined of one that did not, or still does. */
export function outcomeOfForm({
  interaction,
  state,
  answer,
}: ToolCallRecord): Omit<ToolOutcome, "from"> | undefined {
  if (interaction === null) return undefined;
  const result = answer ?? UNANSWERED;
  switch (state) {
    case "approved":
      return { state: "succeeded", result, isError: false };
    case "denied":
    case "expired":
      return { state, result, isError: false };
    default:
      return undefined;
  }
}
