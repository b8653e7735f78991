import { createPublicKey, type KeyObject } from "node:crypto";
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
} from "jose";
import type { Logger } from "pino";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { z } from "zod";
import { faultOf } from "../log/fault.js";
import { AUTH_TOKEN_TYPE } from "./auth-token.js";
import { boundedBody } from "./bounded-body.js";
import { claimsOf, headerOf } from "./jwt.js";
import type { PrincipalVerifier } from "./principal.js";
import { userIdSchema } from "./user-id.js";

/** Who signs the tokens of principals: at least one of a secret, a public key and a JWKS address. */
export interface PrincipalSetting {
  /** Signs HS256. */
  secret?: string;
  /** A PEM public key: RSA of 2048 bits or more (RS256), P-256 (ES256) or Ed25519 (EdDSA). */
  publicKey?: string;
  /** Where a JSON Web Key Set is served; its keys are chosen by `kid`. */
  jwksUrl?: string;
  /** What `iss` must say, when given. */
  issuer?: string;
  /** What `aud` must say, when given. */
  audience?: string;
}

const PUBLIC_KEY_ALGORITHMS = ["RS256", "ES256", "EdDSA"] as const;
type PublicKeyAlgorithm = (typeof PUBLIC_KEY_ALGORITHMS)[number];

/** Seconds by which the signer's clock may run before ours; an expired token is expired. */
const SKEW_S = 5;
const JWKS_BYTES = 1024 * 1024;
/** Looks for a key that is missing from the set, per half minute, whatever kids strangers make up. */
const JWKS_REFRESHES = { points: 5, duration: 30 };

/** Verifies the tokens of principals, each kind of key with its own algorithms. */
export function principalVerifier(
  { secret, publicKey, jwksUrl, issuer, audience }: PrincipalSetting,
  log: Logger,
): PrincipalVerifier {
  const doors: Door[] = [];
  if (secret) doors.push({ algorithms: ["HS256"], key: async () => Buffer.from(secret) });
  if (publicKey) {
    const key = publicKeyOf(publicKey);
    const algorithm = algorithmOfKey(key);
    if (algorithm) doors.push({ algorithms: [algorithm], key: async () => key });
  }
  if (jwksUrl) doors.push({ algorithms: [...PUBLIC_KEY_ALGORITHMS], key: keySet(jwksUrl, log) });
  const options = { issuer, audience, clockTolerance: SKEW_S, requiredClaims: ["exp"] };
  return {
    async verify(token) {
      const header = headerOf(token);
      if (!header || header.typ === AUTH_TOKEN_TYPE) return null;
      for (const { algorithms, key } of doors) {
        if (!algorithms.includes(header.alg ?? "")) continue;
        const claims = await claimsOf(token, key, { ...options, algorithms });
        const principal = claims && principalOf(claims);
        if (principal) return principal;
      }
      return null;
    },
  };
}

/**
 * A public key in PEM.
 *
 * @throws when it is none; a private one is none
 */
export function publicKeyOf(pem: string): KeyObject {
  if (/PRIVATE KEY/.test(pem)) throw new TypeError("A private key is no public key.");
  return createPublicKey(pem);
}

/** The one algorithm that a key verifies; null when it is of no kind that is accepted. */
export function algorithmOfKey(key: KeyObject): PublicKeyAlgorithm | null {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa") return modulusLength >= 2_048 ? "RS256" : null;
  if (key.asymmetricKeyType === "ec") return namedCurve === "prime256v1" ? "ES256" : null;
  return key.asymmetricKeyType === "ed25519" ? "EdDSA" : null;
}

interface Door {
  algorithms: string[];
  key: JWTVerifyGetKey;
}

/** The keys of an address, asked for anew when a key is missing, so that a new one is good at once. */
function keySet(url: string, log: Logger): JWTVerifyGetKey {
  const refreshes = new RateLimiterMemory(JWKS_REFRESHES);
  const keys = createRemoteJWKSet(new URL(url), {
    // Keys that are missing are looked for below, within a bound.
    cooldownDuration: Number.POSITIVE_INFINITY,
    [customFetch]: async (address, options) => {
      let status: number | undefined;
      try {
        const response = await fetch(address, options);
        ({ status } = response);
        // jose refuses every other status, unread.
        if (status === 200) return new Response(await boundedBody(response, JWKS_BYTES));
        await response.body?.cancel();
      } catch (error) {
        log.warn(faultOf(error), "principals refused: their key set could not be read");
        throw error;
      }
      log.warn({ status }, "principals refused: their key set was not answered");
      return new Response(null, { status: 502 });
    },
  });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await refreshes.consume("");
    await keys.reload();
    return keys(header, token);
  };
}

function principalOf(claims: JWTPayload) {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return null;
  const { sub, org, role, name, email, exp } = parsed.data;
  // jose allows for its clock tolerance here too; what has expired is expired.
  const expiresAt = exp * 1000;
  if (expiresAt <= Date.now()) return null;
  const said = { organizationId: org || null, role: role || null };
  return { userId: sub, ...said, name: name || null, email: email || null, expiresAt };
}

const line = (most: number) =>
  z
    .string()
    .max(most)
    .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value))
    .nullish();

const claimsSchema = z.object({
  sub: userIdSchema,
  org: line(256),
  role: line(256),
  name: line(200),
  email: line(320),
  exp: z.number(),
});
