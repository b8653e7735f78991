import { z } from "zod";
import { filledText, flag, identifier, jsonObject } from "../field.js";

/** The visitor's verdict on the tool call that the parked turn waits on. */
export const confirmToolActionAction = z.object({
  action: z.literal("confirm_tool_action"),
  requestId: identifier,
  sessionId: identifier,
  approved: flag,
  toolCallId: identifier
    .optional()
    .meta({ description: "Extension: the call that was shown; another one is a mismatch." }),
  arguments: jsonObject
    .optional()
    .meta({ description: "Extension: the arguments that were shown; others are refused." }),
  reason: filledText
    .max(1_000, { error: "must be at most 1000 characters" })
    .optional()
    .meta({ description: "Extension: why the visitor declined; told to the model." }),
});
