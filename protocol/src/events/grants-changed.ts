import { z } from "zod";
import { timestamp } from "../field.js";
import { grants, type Grant } from "../grant.js";

/** Extension: all that the visitor need not be asked again in this conversation, as it stands now. */
export const grantsChangedEvent = z.object({
  type: z.literal("grants_changed"),
  requestId: z.string().optional().meta({ description: "Absent: it belongs to no turn." }),
  data: z.object({ grants }),
  timestamp,
});
export type GrantsChanged = z.infer<typeof grantsChangedEvent>;

export function grantsChanged(grants: Grant[], timestamp: number): GrantsChanged {
  return { type: "grants_changed", data: { grants }, timestamp };
}
