import { hkdfSync } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";

/** Mints and reads the tokens that take a session up again. */
export interface SessionTokens {
  /** @returns the opaque token and its expiry in Unix milliseconds */
  mint(sessionId: string): Promise<{ sessionToken: string; expiresAt: number }>;
  /** Whether this token was minted here for this session and has not expired. */
  verify(sessionToken: string, sessionId: string): Promise<boolean>;
}

const AUDIENCE = "smooth-agent/session";
const ALGORITHM = "HS256";

/**
 * Session tokens as JWTs under a key that is derived from the server's secret for this use alone.
 *
 * @param secret SMOOTH_AGENT_SECRET
 * @param lifetimeMs how long a token is good; 30 days when absent, sliding with every resume
 */
export function sessionTokens(secret: string, lifetimeMs = 30 * 24 * 3_600_000): SessionTokens {
  const key = new Uint8Array(hkdfSync("sha256", secret, "", AUDIENCE, 32));
  return {
    async mint(sessionId) {
      const expiresAt = Math.floor((Date.now() + lifetimeMs) / 1000) * 1000;
      const sessionToken = await new SignJWT()
        .setProtectedHeader({ alg: ALGORITHM })
        .setSubject(sessionId)
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime(expiresAt / 1000)
        .sign(key);
      return { sessionToken, expiresAt };
    },
    async verify(sessionToken, sessionId) {
      try {
        const options = { algorithms: [ALGORITHM], audience: AUDIENCE, subject: sessionId };
        await jwtVerify(sessionToken, key, { ...options, requiredClaims: ["exp"] });
        return true;
      } catch {
        return false;
      }
    },
  };
}
