import { z } from "zod";
import { clientTools } from "../client-tool.js";
import { filledText, identifier, locale, supports } from "../field.js";
import { pageContext } from "../page-context.js";

/** Extension: takes a session up again on a new connection, with the token it was given. */
export const resumeSessionAction = z.object({
  action: z.literal("resume_session"),
  requestId: identifier.optional(),
  sessionId: identifier,
  sessionToken: filledText.max(4_096, { error: "must be at most 4096 characters" }),
  supports: supports.optional(),
  clientTools: clientTools
    .optional()
    .meta({ description: "Extension: replaces what the session declared before, when given." }),
  context: pageContext.optional().meta({
    description: "Extension: what the agent may know of the page; as before when absent.",
  }),
  locale: locale
    .optional()
    .meta({ description: "Extension: the visitor's language; as before when absent." }),
});
