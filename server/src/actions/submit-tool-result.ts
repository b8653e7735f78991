import { noPendingInteraction } from "./action-error.js";
import type { ActionHandler } from "./action-handler.js";

/** Nothing of a page is called yet, so that nothing waits for what came of it. */
export const submitToolResult: ActionHandler<"submit_tool_result"> = async () => {
  throw noPendingInteraction();
};
