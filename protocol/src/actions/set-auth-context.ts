import { z } from "zod";
import { identifier } from "../field.js";

/** Extension: the visitor has logged in, or is another one now. */
export const setAuthContextAction = z.object({
  action: z.literal("set_auth_context"),
  requestId: identifier.optional(),
  sessionId: identifier,
  authContext: z
    .unknown()
    .refine((value) => value !== undefined, { error: "is required" })
    .meta({ description: "As in `create_conversation_session`; must verify, also when null." }),
});
