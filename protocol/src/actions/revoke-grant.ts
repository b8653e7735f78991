import { z } from "zod";
import { identifier } from "../field.js";

/** Extension: the visitor wants to be asked again. */
export const revokeGrantAction = z.object({
  action: z.literal("revoke_grant"),
  requestId: identifier.optional(),
  sessionId: identifier,
  grantId: identifier,
});
