import { z } from "zod";
import { filledText, flag, identifier, storedObject } from "../field.js";

/** The visitor's verdict on the tool call that the parked turn waits on. */
export const confirmToolActionAction = z.object({
  action: z.literal("confirm_tool_action"),
  requestId: identifier,
  sessionId: identifier,
  approved: flag,
  toolCallId: identifier
    .optional()
    .meta({ description: "Extension: the call that was shown; another one is a mismatch." }),
  arguments: storedObject.optional().meta({
    description:
      "Extension: the arguments that are to run. Only those that the question names as `editable` " +
      "may differ from the ones that were shown; a change that is not valid is refused.",
  }),
  reason: filledText
    .max(1_000, { error: "must be at most 1000 characters" })
    .optional()
    .meta({ description: "Extension: why the visitor declined; told to the model." }),
  remember: flag.optional().meta({
    description: "Extension: not to be asked again for this here; where the question offers it.",
  }),
  authContext: z
    .unknown()
    .optional()
    .meta({ description: "Extension: the host's fresh word, where the question asks for it." }),
});
