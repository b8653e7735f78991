import { z } from "zod";
import { identifier } from "../field.js";

/** Reads a session that this connection holds. */
export const getSessionAction = z.object({
  action: z.literal("get_session"),
  requestId: identifier.optional(),
  sessionId: identifier,
});
