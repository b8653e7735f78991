import { z } from "zod";
import { jsonObject, timestamp } from "./field.js";

/** One labelled value of a confirmation, plain text. */
export const confirmationField = z.object({ label: z.string(), value: z.string() });
export type ConfirmationField = z.infer<typeof confirmationField>;

/** Extension: how an argument may be changed before it is approved. */
export const argumentInput = z.object({
  argument: z.string().meta({ description: "Its name in `arguments`." }),
  label: z.string(),
  type: z.enum(["text", "multiline", "number", "integer", "boolean", "select"]),
  required: z.boolean(),
  options: z.array(z.string()).optional().meta({ description: "Of a `select`." }),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.int().optional(),
});
export type ArgumentInput = z.infer<typeof argumentInput>;

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
  note: z
    .string()
    .optional()
    .meta({ description: "The model's own words about it, to be shown apart and marked as such." }),
  arguments: jsonObject,
  risk: z.enum(["low", "high"]),
  editable: z
    .array(z.string())
    .optional()
    .meta({ description: "Arguments that may be changed before approving." }),
  inputs: z
    .array(argumentInput)
    .optional()
    .meta({ description: "How each of `editable` is changed, in their order." }),
  remember: z.boolean().optional().meta({
    description: "Whether the visitor may ask not to be asked again in this conversation.",
  }),
  stepUp: z.boolean().optional().meta({
    description: "Whether approving needs an `authContext` that was minted after `askedAt`.",
  }),
  approver: z
    .enum(["visitor", "team"])
    .optional()
    .meta({ description: "Who may approve; the visitor when absent." }),
  queued: z
    .int()
    .optional()
    .meta({ description: "How many further questions of this step follow." }),
  askedAt: timestamp.optional(),
  expiresAt: timestamp,
});
export type Confirmation = z.infer<typeof confirmation>;
