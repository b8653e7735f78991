import { z } from "zod";
import type { GatewayOf } from "../gateway/gateway-key.js";
import type { Prices } from "../gateway/prices.js";
import type { Budgets } from "../turn/budget.js";

/** With whose key models are asked, what they cost and may cost. */
export interface GatewaySettings {
  /**
   * The key and URL of an organization's own gateway; null for an organization that is served with the
   * server's. It is asked at most every `limits.gatewayKeyMs`; when it fails, nobody else's key is used.
   */
  gatewayOf?: GatewayOf;
  /** US dollars per million tokens, by model, for gateways that do not tell what a step cost. */
  prices?: Prices;
  /** What models may cost before visitors are refused. */
  budgets?: Budgets;
}

export const usd = z
  .number({ error: "must be a number of US dollars" })
  .nonnegative({ error: "must not be negative" });

const days = z
  .number({ error: "must be a number of days" })
  .positive({ error: "must be more than 0" })
  .max(3_650, { error: "must be at most 3650" });

export const gatewayShape = {
  gatewayOf: z
    .custom<GatewayOf>((value) => typeof value === "function", { error: "must be a function" })
    .optional(),
  prices: z.record(z.string().min(1), z.strictObject({ input: usd, output: usd })).optional(),
  budgets: z
    .strictObject({
      conversationUsd: usd.optional(),
      visitorUsd: usd.optional(),
      visitorDays: days.optional(),
      organizationUsd: usd.optional(),
      organizationDays: days.optional(),
    })
    .optional(),
};
