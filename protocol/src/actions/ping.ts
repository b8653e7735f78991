import { z } from "zod";
import { identifier } from "../field.js";

/** Asks for a `pong`; measures the way there and back. */
export const pingAction = z.object({
  action: z.literal("ping"),
  requestId: identifier.optional(),
});
