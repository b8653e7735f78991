import { z } from "zod";
import { clientTools } from "../client-tool.js";
import { identifier, locale, storedObject, supports, text } from "../field.js";
import { pageContext } from "../page-context.js";

/** Opens a session: a new conversation with an agent, or one more admission to an own one. */
export const createConversationSessionAction = z.object({
  action: z.literal("create_conversation_session"),
  requestId: identifier.optional(),
  agentId: identifier,
  userName: text
    .max(200, { error: "must be at most 200 characters" })
    .optional()
    .meta({ description: 'What the visitor is called; "Visitor" when absent or blank.' }),
  userEmail: text
    .max(320, { error: "must be at most 320 characters" })
    .optional()
    .meta({ description: "What the visitor says; it authenticates nobody." }),
  browserFingerprint: text
    .max(512, { error: "must be at most 512 characters" })
    .optional()
    .meta({ description: "Accepted from older clients and not kept." }),
  metadata: storedObject
    .optional()
    .meta({ description: "Kept apart with the session; never read as configuration." }),
  supports: supports.optional(),
  authContext: z
    .unknown()
    .optional()
    .meta({ description: "Must verify when the key is present, even as null." }),
  conversationId: identifier.optional(),
  clientTools: clientTools
    .optional()
    .meta({ description: "Extension: what the agent may call in the page." }),
  context: pageContext
    .optional()
    .meta({ description: "Extension: what the agent may know of the page." }),
  locale: locale.optional().meta({ description: "Extension: the visitor's language." }),
});
