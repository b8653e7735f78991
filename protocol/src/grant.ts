import { z } from "zod";
import { timestamp } from "./field.js";

/** Extension: what the visitor need not be asked again in this conversation. */
export const grant = z.object({
  grantId: z.string(),
  toolName: z.string(),
  title: z.string(),
  summary: z.string().meta({ description: "What was approved when it was granted." }),
  grantedAt: timestamp,
});
export type Grant = z.infer<typeof grant>;

export const grants = z.array(grant);
