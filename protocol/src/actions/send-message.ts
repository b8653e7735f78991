import { z } from "zod";
import { identifier, messageText, text } from "../field.js";
import { pageContext } from "../page-context.js";

/** Starts a turn with the visitor's message. */
export const sendMessageAction = z.object({
  action: z.literal("send_message"),
  requestId: identifier,
  sessionId: identifier,
  message: messageText,
  skill: text.optional(),
  model: text.optional().meta({ description: "One of the agent's models." }),
  images: z.unknown().optional().meta({ description: "Accepted and ignored." }),
  files: z.unknown().optional().meta({ description: "Accepted and ignored." }),
  stream: z.unknown().optional().meta({ description: "Accepted and ignored." }),
  context: pageContext.optional().meta({
    description: "Extension: what the agent may know of the page; as before when absent.",
  }),
});
