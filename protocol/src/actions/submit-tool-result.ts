import { z } from "zod";
import { flag, identifier, text } from "../field.js";

/** Extension: what came of a tool that the page ran. */
export const submitToolResultAction = z.object({
  action: z.literal("submit_tool_result"),
  requestId: identifier,
  sessionId: identifier,
  toolCallId: identifier,
  result: text.optional().meta({ description: "Text, or JSON text; untrusted." }),
  isError: flag.optional(),
});
