import { z } from "zod";
import { confirmation } from "./confirmation.js";
import { jsonObject } from "./field.js";
import { interaction } from "./interaction.js";
import { terminalEvent } from "./events/terminal.js";
import { TOOL_CALL_STATES } from "./tool-call-state.js";

/** Who decided what about a tool call, and when. */
export const decision = z.object({
  approved: z.boolean(),
  by: z.string().optional(),
  at: z.int().optional(),
  reason: z.string().optional(),
  changes: z
    .array(z.object({ label: z.string(), from: z.string(), to: z.string() }))
    .optional()
    .meta({ description: "What was changed before it was approved, as it was shown." }),
});
export type Decision = z.infer<typeof decision>;

export const toolItem = z.object({
  type: z.literal("tool"),
  toolCallId: z.string(),
  name: z.string(),
  title: z.string().optional(),
  arguments: jsonObject,
  status: z.enum(TOOL_CALL_STATES),
  result: z.string().optional(),
  decision: decision.optional(),
  confirmation: confirmation
    .optional()
    .meta({ description: "What the visitor was asked, once it was decided." }),
  interaction: interaction
    .optional()
    .meta({ description: "The form that the visitor was shown, once it was answered." }),
});
export type ToolItem = z.infer<typeof toolItem>;

/** What a turn has shown so far, in the order it came. */
export const turnItem = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("reasoning"), text: z.string() }),
  toolItem,
]);
export type TurnItem = z.infer<typeof turnItem>;

/** What a parked turn waits on: the verdict on a tool call, or the answer to a form. */
const pending = z.union([confirmation, interaction]);
export type Pending = z.infer<typeof pending>;

/** The snapshot of a turn that has not ended: later events continue exactly where it stops. */
export const activeTurn = z.object({
  requestId: z.string(),
  status: z.enum(["running", "parked"]),
  items: z.array(turnItem),
  pending: pending.optional(),
});
export type ActiveTurn = z.infer<typeof activeTurn>;

/** The turn that ended last, with its terminal event. */
export const lastTurn = z.object({ requestId: z.string(), terminal: terminalEvent });
export type LastTurn = z.infer<typeof lastTurn>;
