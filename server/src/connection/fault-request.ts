import { NON_TERMINAL_ERROR_CODES, type Action, type ErrorCode } from "@smooth-agent/protocol";
import type { Follower } from "./follower.js";

/** Actions that may carry the requestId of the turn that they answer. */
const ANSWERS: readonly Action["action"][] = [
  "confirm_tool_action",
  "submit_interaction",
  "submit_tool_result",
];

/** Whether an error under the action's own requestId would be taken for the end of the turn it names. */
export function isMistaken(
  code: ErrorCode,
  { action, requestId }: Action,
  followers: Iterable<Pick<Follower, "activeRequestId">>,
): boolean {
  if (NON_TERMINAL_ERROR_CODES.includes(code)) return false;
  if (action === "cancel") return true;
  if (!ANSWERS.includes(action)) return false;
  return [...followers].some(({ activeRequestId }) => activeRequestId === requestId);
}
