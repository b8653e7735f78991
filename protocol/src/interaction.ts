import { z } from "zod";
import { jsonObject, timestamp } from "./field.js";

/** A form or choices that a parked turn waits on; `spec` is as its `kind` says. */
export const interaction = z.object({
  interactionId: z.string(),
  kind: z.string(),
  spec: jsonObject,
  reason: z.string(),
  expiresAt: timestamp.optional().meta({ description: "Extension." }),
});
export type Interaction = z.infer<typeof interaction>;

/** What is wrong with one field of an answer, in words for the visitor. */
export const fieldError = z.object({ field: z.string(), message: z.string() });
export type FieldError = z.infer<typeof fieldError>;

/** What the visitor is asked to say of themselves. */
export const identitySpec = z.object({
  fields: z.array(
    z.object({
      key: z.enum(["name", "email", "phone"]),
      required: z.boolean(),
      label: z.string().optional(),
    }),
  ),
});
export type IdentitySpec = z.infer<typeof identitySpec>;

/** What the visitor may choose from. */
export const choicesSpec = z.object({
  questions: z.array(
    z.object({
      question: z.string(),
      header: z.string(),
      options: z.array(z.object({ label: z.string(), description: z.string().optional() })),
      multiSelect: z.boolean(),
    }),
  ),
});
export type ChoicesSpec = z.infer<typeof choicesSpec>;

/** Extension: a day, or a day and a time, that the visitor may pick. */
export const dateTimeSpec = z.object({
  prompt: z.string(),
  withTime: z.boolean(),
  earliest: z.string().optional().meta({ description: "YYYY-MM-DD." }),
  latest: z.string().optional().meta({ description: "YYYY-MM-DD." }),
});
export type DateTimeSpec = z.infer<typeof dateTimeSpec>;
