import { z } from "zod";
import { jsonObject, timestamp } from "./field.js";

/** One labelled value of a confirmation, plain text. */
export const confirmationField = z.object({ label: z.string(), value: z.string() });
export type ConfirmationField = z.infer<typeof confirmationField>;

/**
 * The question a parked turn waits on. Everything after `actionDescription` is an extension, stored
 * when the turn parks and never computed again.
 */
export const confirmation = z.object({
  toolId: z.string().meta({ description: "The tool's name." }),
  actionDescription: z.string(),
  toolCallId: z.string(),
  toolName: z.string(),
  title: z.string(),
  summary: z.string(),
  fields: z.array(confirmationField),
  arguments: jsonObject,
  risk: z.enum(["low", "high"]),
  expiresAt: timestamp,
});
export type Confirmation = z.infer<typeof confirmation>;
