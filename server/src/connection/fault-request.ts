import type { Action } from "@smooth-agent/protocol";
import type { Follower } from "./follower.js";

/** Actions that may carry the requestId of the turn that they answer. */
const ANSWERS: readonly Action["action"][] = ["confirm_tool_action", "submit_tool_result"];

/** Whether a fault under the action's own requestId would be taken for the end of the turn it names. */
export function namesTurn(
  { action, requestId }: Action,
  followers: Iterable<Pick<Follower, "activeRequestId">>,
): boolean {
  if (action === "cancel") return true;
  if (!ANSWERS.includes(action)) return false;
  return [...followers].some(({ activeRequestId }) => activeRequestId === requestId);
}
