import { z } from "zod";
import type { GatewayOf } from "../gateway/gateway-key.js";
import type { Prices } from "../gateway/prices.js";

/** With whose key models are asked, and what they cost. */
export interface GatewaySettings {
  /**
   * The key and URL of an organization's own gateway; null for an organization that is served with the
   * server's. It is asked at most every `limits.gatewayKeyMs`; when it fails, nobody else's key is used.
   */
  gatewayOf?: GatewayOf;
  /** US dollars per million tokens, by model, for gateways that do not tell what a step cost. */
  prices?: Prices;
}

const usd = z
  .number({ error: "must be a number of US dollars" })
  .nonnegative({ error: "must not be negative" });

export const gatewayShape = {
  gatewayOf: z
    .custom<GatewayOf>((value) => typeof value === "function", { error: "must be a function" })
    .optional(),
  prices: z.record(z.string().min(1), z.strictObject({ input: usd, output: usd })).optional(),
};
