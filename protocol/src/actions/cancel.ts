import { z } from "zod";
import { identifier } from "../field.js";

/** Ends the running or parked turn; answered by `cancelled`, or by nothing when there is none. */
export const cancelAction = z.object({
  action: z.literal("cancel"),
  requestId: identifier.optional(),
  sessionId: identifier.optional(),
});
