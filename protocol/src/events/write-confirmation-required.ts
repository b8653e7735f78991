import { z } from "zod";
import { confirmation, type Confirmation } from "../confirmation.js";
import { timestamp } from "../field.js";

/** The turn parks until the visitor approves or declines this one tool call. */
export const writeConfirmationRequiredEvent = z.object({
  type: z.literal("write_confirmation_required"),
  requestId: z.string(),
  data: z.object({ requestId: z.string(), data: confirmation }),
  timestamp,
});
export type WriteConfirmationRequired = z.infer<typeof writeConfirmationRequiredEvent>;

export function writeConfirmationRequired(
  requestId: string,
  data: Confirmation,
  timestamp: number,
): WriteConfirmationRequired {
  return {
    type: "write_confirmation_required",
    requestId,
    data: { requestId, data },
    timestamp,
  };
}
