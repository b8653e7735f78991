import { z } from "zod";
import { identifier, title } from "../field.js";

/** Gives one of the caller's conversations another title. */
export const renameConversationAction = z.object({
  action: z.literal("rename_conversation"),
  requestId: identifier.optional(),
  conversationId: identifier,
  title,
});
