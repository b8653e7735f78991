import { z } from "zod";
import { behaviourShape, type AgentBehaviour } from "../agent/behaviour.js";
import { isOriginEntry } from "../auth/origin.js";

/** One agent: who may embed it and how it behaves. Everything but `allowedOrigins` is optional. */
export interface AgentConfig extends AgentBehaviour {
  /** `*`, exact origins, or `https://*.example.com` (the apex and any subdomain). */
  allowedOrigins: string[];
  /** Signs auth contexts; never sent to a browser. */
  secret?: string;
  /** Several secrets while one is rotated. */
  secrets?: string[];
  /** The older name of `secret`. */
  public_key?: string;
  /** The organization that new conversations belong to. */
  organizationId?: string;
}

const filled = z.string().min(1, { error: "must not be empty" });

export const agentSetting = z.strictObject({
  allowedOrigins: z.array(
    z.string().refine(isOriginEntry, {
      error: 'must be "*", an origin such as https://shop.example, or https://*.shop.example',
    }),
  ),
  secret: filled.optional(),
  secrets: z.array(filled).optional(),
  public_key: filled.optional(),
  organizationId: filled.optional(),
  ...behaviourShape,
});
