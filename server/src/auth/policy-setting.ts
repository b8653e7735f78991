import { z } from "zod";
import type { AgentPolicy } from "./agent-policy.js";
import { isOriginEntry } from "./origin.js";
import { publicKey, type PublicKey } from "./public-key.js";

/** Who may embed an agent, as a host writes it. */
export interface PolicySetting {
  /** `*`, exact origins, or `https://*.example.com` (the apex and any subdomain). */
  allowedOrigins: string[];
  /** Signs auth contexts; never sent to a browser. */
  secret?: string;
  /** Several secrets while one is rotated. */
  secrets?: string[];
  /** The older name of `secret`. */
  public_key?: string;
  /** Verify auth contexts that are JWTs, each by its `kid`: Ed25519 or P-256, as JWK. */
  publicKeys?: PublicKey[];
  /** The organization that new conversations belong to. */
  organizationId?: string;
}

const filled = z.string().min(1, { error: "must not be empty" });

/** A shared secret. Whoever took a public key for one would let everybody sign. */
export const sharedSecret = filled.refine((value) => !/^\s*-----BEGIN /.test(value), {
  error: "must be a shared secret, not a key in PEM",
});

/** The parts of a policy, each with its schema. */
export const policyShape = {
  allowedOrigins: z.array(
    z.string().refine(isOriginEntry, {
      error: 'must be "*", an origin such as https://shop.example, or https://*.shop.example',
    }),
  ),
  secret: sharedSecret.optional(),
  secrets: z.array(sharedSecret).optional(),
  public_key: sharedSecret.optional(),
  publicKeys: z
    .array(publicKey)
    .refine((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length, {
      error: "must not have two keys of one kid",
    })
    .optional(),
  organizationId: filled.max(256, { error: "must be at most 256 characters" }).optional(),
} as const;

const policySchema = z.object(policyShape);

/** The policy that a checked setting stands for. */
export function policyOf(setting: PolicySetting): AgentPolicy {
  const { allowedOrigins, secret, secrets = [], public_key: older, publicKeys = [] } = setting;
  const all = [secret, ...secrets, older].filter((entry) => entry !== undefined);
  return { allowedOrigins, secrets: all, publicKeys, organizationId: setting.organizationId };
}

/**
 * Reads a policy that nobody checked: a row, an answer over HTTP, what a host's function returned. A part
 * that is null counts as absent, an unknown one is ignored, and one malformed part refuses the whole.
 *
 * @returns the policy, or where something is wrong and what, never its value
 */
export function readPolicy(
  value: unknown,
): { ok: true; policy: AgentPolicy } | { ok: false; problems: string[] } {
  const parsed = policySchema.safeParse(withoutNulls(value));
  if (parsed.success) return { ok: true, policy: policyOf(parsed.data) };
  const problems = parsed.error.issues.map(({ path, message }) =>
    `${path.map(String).join(".")} ${message}`.trim(),
  );
  return { ok: false, problems };
}

function withoutNulls(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null));
}
