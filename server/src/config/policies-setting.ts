import { z } from "zod";
import type { PolicyFunction } from "../auth/function-policies.js";
import type { PolicyEndpoint } from "../auth/http-policies.js";

/**
 * Where it is said who may embed an agent: the config module's `agents`, the database's, a function of the
 * host, or a service of the host that is asked over HTTP. One of them, never several together.
 */
export type PoliciesSetting = "config" | "database" | PolicyFunction | PolicyEndpoint;

const endpoint = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: "must be an http or https URL", abort: true })
    .refine((url) => !/[?#]/.test(url), { error: "must have no query and no fragment" })
    .refine((url) => new URL(url).username === "" && new URL(url).password === "", {
      error: "must name no user: put the secret into token",
    }),
  token: z
    .string()
    .regex(/^[\u0021-\u007E]+$/, { error: "must be visible ASCII characters" })
    .optional(),
  staleMs: z.number().nonnegative({ error: "must not be negative" }).optional(),
});

const ERROR =
  'must be "config", "database", a function of the agent\'s id, or { url, token?, staleMs? }';

export const policiesSetting = z.custom<PoliciesSetting>().superRefine((value, context) => {
  if (value === "config" || value === "database" || typeof value === "function") return;
  if (typeof value !== "object" || value === null) {
    context.addIssue({ code: "custom", message: ERROR, input: value });
    return;
  }
  for (const issue of endpoint.safeParse(value).error?.issues ?? []) {
    context.addIssue({ ...issue });
  }
});
