import { z } from "zod";
import { identifier, included, pageLimit } from "../field.js";

/** Reads a page of the conversation's history, newest first. */
export const getConversationMessagesAction = z.object({
  action: z.literal("get_conversation_messages"),
  requestId: identifier.optional(),
  sessionId: identifier,
  limit: pageLimit,
  cursor: identifier.optional().meta({ description: "The `nextCursor` of the page before." }),
  include: included.optional().meta({
    description:
      "Extension: `turns` adds how each answer ended, its tool calls and sources, and shows the text of cancelled and failed ones.",
  }),
});
