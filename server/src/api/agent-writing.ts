import { z } from "zod";
import { behaviourSchema } from "../agent/behaviour.js";
import { policyShape, sharedSecret } from "../auth/policy-setting.js";

/** What of an agent is written; each part is replaced whole, and one that is absent stays as it is. */
export const agentWriting = z.strictObject({
  behaviour: behaviourSchema.nullable().optional(),
  policy: z
    .strictObject({
      allowedOrigins: policyShape.allowedOrigins.max(500, {
        error: "must have at most 500 entries",
      }),
      publicKeys: policyShape.publicKeys,
    })
    .nullable()
    .optional(),
  secrets: z
    .array(sharedSecret.max(1_000, { error: "must be at most 1000 characters" }))
    .max(20, { error: "must have at most 20 entries" })
    .nullable()
    .optional(),
});
export type AgentWriting = z.infer<typeof agentWriting>;
