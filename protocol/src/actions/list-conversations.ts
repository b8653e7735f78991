import { z } from "zod";
import { identifier, pageLimit } from "../field.js";

/** Reads which conversations the caller may go on with, newest first. */
export const listConversationsAction = z.object({
  action: z.literal("list_conversations"),
  requestId: identifier.optional(),
  limit: pageLimit,
});
