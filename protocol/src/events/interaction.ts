import { z } from "zod";
import { timestamp } from "../field.js";
import { fieldError, interaction, type Interaction } from "../interaction.js";

/** The turn parks until the visitor fills in a form, chooses, or declines to. */
export const interactionRequiredEvent = z.object({
  type: z.literal("interaction_required"),
  requestId: z.string(),
  data: z.object({ requestId: z.string(), data: interaction }),
  timestamp,
});
export type InteractionRequired = z.infer<typeof interactionRequiredEvent>;

export function interactionRequired(
  requestId: string,
  data: Interaction,
  timestamp: number,
): InteractionRequired {
  return { type: "interaction_required", requestId, data: { requestId, data }, timestamp };
}

const rejection = z.object({
  interactionId: z.string(),
  kind: z.string(),
  errors: z.array(fieldError),
  message: z.string(),
});
export type InteractionRejection = z.infer<typeof rejection>;

/** An answer was not valid: all that is wrong with it. The turn stays parked. */
export const interactionInvalidEvent = z.object({
  type: z.literal("interaction_invalid"),
  requestId: z.string(),
  data: z.object({ requestId: z.string(), data: rejection }),
  timestamp,
});
export type InteractionInvalid = z.infer<typeof interactionInvalidEvent>;

export function interactionInvalid(
  requestId: string,
  data: InteractionRejection,
  timestamp: number,
): InteractionInvalid {
  return { type: "interaction_invalid", requestId, data: { requestId, data }, timestamp };
}

const interactionResolution = z.object({
  requestId: z.string(),
  interactionId: z.string(),
  status: z.enum(["submitted", "declined", "expired"]),
});
export type InteractionResolution = z.infer<typeof interactionResolution>;

/** Extension: the form was answered elsewhere, or expired. */
export const interactionResolvedEvent = z.object({
  type: z.literal("interaction_resolved"),
  requestId: z.string(),
  data: interactionResolution,
  timestamp,
});
export type InteractionResolved = z.infer<typeof interactionResolvedEvent>;

export function interactionResolved(
  data: InteractionResolution,
  timestamp: number,
): InteractionResolved {
  return { type: "interaction_resolved", requestId: data.requestId, data, timestamp };
}
