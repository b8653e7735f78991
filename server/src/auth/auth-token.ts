import { createHash, randomUUID } from "node:crypto";
import { SignJWT, type JWTPayload } from "jose";
import { z } from "zod";
import type { AgentPolicy } from "./agent-policy.js";
import { claimsOf, headerOf } from "./jwt.js";
import { algorithmOf, keyObjectOf } from "./public-key.js";
import { userIdSchema } from "./user-id.js";
import type { VerifiedVisitor } from "./verified-visitor.js";

/** Seconds that a token's expiry may lie ahead. */
const AHEAD_S = 300;
/** Seconds by which the host's clock may run before ours. */
const SKEW_S = 5;
/** Seconds that a token made here is good for. */
const LIFETIME_S = 120;

/** Marks a token as a visitor's, so that it never passes for a principal's under the same secret. */
export const AUTH_TOKEN_TYPE = "auth-context+jwt";

/**
 * Signs who the visitor is, on the host's backend, for the next two minutes: the `authContext` in the form
 * that also vouches for an e-mail address and a name.
 *
 * @param userId 1..256 characters without control characters
 * @param agentId the one agent that it is good for
 * @param secret a secret of the agent's policy; never sent to a browser
 * @throws {TypeError} when the userId, the agentId or the secret cannot be used
 */
export async function signAuthToken(input: {
  userId: string;
  agentId: string;
  secret: string;
  email?: string;
  name?: string;
  now?: Date;
}): Promise<{ token: string }> {
  const { userId, agentId, secret, email, name, now = new Date() } = input;
  if (!userIdSchema.safeParse(userId).success) {
    throw new TypeError("userId must be 1 to 256 characters without control characters.");
  }
  if (agentId === "") throw new TypeError("agentId must not be empty.");
  if (secret === "") throw new TypeError("secret must not be empty.");
  const seconds = Math.floor(now.getTime() / 1000);
  const token = await new SignJWT({ email, name })
    .setProtectedHeader({ alg: "HS256", typ: AUTH_TOKEN_TYPE })
    .setSubject(userId)
    .setAudience(agentId)
    .setJti(randomUUID())
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + LIFETIME_S)
    .sign(Buffer.from(secret));
  return { token };
}

/**
 * Verifies the token of an auth context.
 *
 * @returns who it is; null when anything about it is wrong
 */
export async function verifyAuthToken(
  token: string,
  agentId: string,
  policy: Pick<AgentPolicy, "secrets" | "publicKeys">,
  now: Date,
): Promise<VerifiedVisitor | null> {
  const claims = claimsSchema.safeParse(await signedClaims(token, policy, now));
  if (!claims.success) return null;
  const { sub, aud, exp, iat = null, email, name, jti } = claims.data;
  const seconds = now.getTime() / 1000;
  if (aud !== agentId || exp <= seconds || exp > seconds + AHEAD_S) return null;
  return {
    userId: sub,
    email: email || null,
    name: name || null,
    mintedAt: iat,
    use: {
      id: useId(agentId, jti, token),
      // One second more, so that a count never ends before its token.
      expiresAt: new Date((Math.ceil(exp) + 1) * 1000),
    },
  };
}

/** The claims of a token that some key of the policy signed, each key with its one algorithm. */
async function signedClaims(
  token: string,
  { secrets, publicKeys = [] }: Pick<AgentPolicy, "secrets" | "publicKeys">,
  now: Date,
): Promise<JWTPayload | null> {
  const header = headerOf(token);
  const options = { currentDate: now, clockTolerance: SKEW_S };
  if (header?.alg === "HS256") {
    for (const secret of secrets.filter((entry) => entry !== "")) {
      const claims = await claimsOf(token, Buffer.from(secret), {
        ...options,
        algorithms: ["HS256"],
      });
      if (claims) return claims;
    }
    return null;
  }
  const key = publicKeys.find(({ kid }) => kid === header?.kid);
  return key
    ? claimsOf(token, keyObjectOf(key), { ...options, algorithms: [algorithmOf(key)] })
    : null;
}

/**
 * Names a token of an agent for replay counting: by its `jti`, else by what was signed. The signature
 * itself would not do, because ECDSA has a second valid one that anybody can compute.
 */
function useId(agentId: string, jti: string | undefined, token: string): string {
  const signed = token.slice(0, token.lastIndexOf("."));
  const what = jti === undefined ? ["signed", signed] : ["jti", jti];
  return createHash("sha256")
    .update(JSON.stringify([agentId, ...what]))
    .digest("hex");
}

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value))
    .nullish();

const claimsSchema = z.object({
  sub: userIdSchema,
  aud: z.union([z.string(), z.tuple([z.string()]).transform(([only]) => only)]),
  exp: z.number(),
  iat: z.number().optional(),
  email: line(320),
  name: line(200),
  jti: z.string().min(1).max(1_024).optional(),
});
