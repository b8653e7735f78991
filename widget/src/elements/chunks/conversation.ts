export { createClient } from "../../client/index.js";
export { createConversation } from "../../state/conversation.js";

/** It shows nothing itself. */
export const styles: readonly string[] = [];
