import { noPendingInteraction } from "./action-error.js";
import type { ActionHandler } from "./action-handler.js";

/** No tool of this server asks by an interaction yet, so that none is ever pending. */
export const submitInteraction: ActionHandler<"submit_interaction"> = async () => {
  throw noPendingInteraction();
};
