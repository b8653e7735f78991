import type { ToolCallRecord } from "../store/records.js";
import { storedConfirmation } from "./tool-call.js";

// What the model is told of calls that no tool ended.

/** Of a question that nobody answered in time. */
export function noAnswer(call: ToolCallRecord | undefined): string {
  const isTeams = call && storedConfirmation(call)?.approver === "team";
  const nobody = isTeams ? "Nobody of the team answered" : "The visitor did not answer";
  return `${nobody} in time, which counts as declined. ${UNCHANGED}`;
}

/** Of a call that was declined. */
export function denialOf({ reason, decidedBy }: ToolCallRecord): string {
  const isTeams = decidedBy === "team";
  const who = isTeams ? "A person of the team" : "The visitor";
  const whose = isTeams ? "Their" : "The visitor's";
  const said = reason ? ` ${whose} reason: ${JSON.stringify(reason)}.` : "";
  return `${who} declined this call. ${UNCHANGED}${said}`;
}

/** Of a call that the end of its turn left open. */
export const NOT_RUN = "The call was not run: the answer ended before.";

/** Of a form that nobody answered in time, or that was open when its turn ended. */
export const UNANSWERED = JSON.stringify({
  status: "no_response",
  message:
    "The visitor gave no answer to this. Nothing is known of it; go on without it, or ask in your own words when you cannot.",
});

const UNCHANGED = "It was not run and nothing was changed.";
