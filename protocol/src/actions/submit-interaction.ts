import { z } from "zod";
import { filledText, flag, identifier, storedObject } from "../field.js";

/** The visitor's answer to the interaction that the parked turn waits on. */
export const submitInteractionAction = z.object({
  action: z.literal("submit_interaction"),
  requestId: identifier,
  sessionId: identifier,
  interactionId: identifier,
  kind: filledText.max(100, { error: "must be at most 100 characters" }).optional(),
  values: storedObject.optional(),
  declined: flag.optional(),
});
