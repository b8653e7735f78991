import { hkdfSync } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";

/** Mints and reads the tokens that take a session up again. */
export interface SessionTokens {
  /** @returns the opaque token and its expiry in Unix milliseconds */
  mint(session: TokenHolder): Promise<{ sessionToken: string; expiresAt: number }>;
  /**
   * Reads a token that was minted here for this session and has not expired.
   *
   * @returns whose the session was when it was minted; null for any other token
   */
  verify(sessionToken: string, sessionId: string): Promise<TokenOwner | null>;
}

/** The session that a token takes up again, and whose it is. */
export interface TokenHolder {
  id: string;
  /** The verified user; null for an anonymous visitor. */
  userId: string | null;
}

export interface TokenOwner {
  /** Absent in the tokens of releases before this was noted. */
  userId?: string | null;
}

/**
 * Whether a token still takes a session up. What opened an anonymous session does not open it once it is
 * a verified visitor's: somebody else may have kept it.
 */
export function isOwners({ userId }: TokenOwner, session: Pick<TokenHolder, "userId">): boolean {
  return userId === undefined || userId === session.userId;
}

const AUDIENCE = "smooth-agent/session";
const ALGORITHM = "HS256";
/** The claim that says whose the session was. */
const USER = "usr";
const ownerSchema = z.object({ userId: z.string().nullable().optional() });

/**
 * Session tokens as JWTs under a key that is derived from the server's secret for this use alone.
 *
 * @param secret SMOOTH_AGENT_SECRET
 * @param lifetimeMs how long a token is good; 30 days when absent, sliding with every resume
 */
export function sessionTokens(secret: string, lifetimeMs = 30 * 24 * 3_600_000): SessionTokens {
  const key = new Uint8Array(hkdfSync("sha256", secret, "", AUDIENCE, 32));
  return {
    async mint({ id, userId }) {
      const expiresAt = Math.floor((Date.now() + lifetimeMs) / 1000) * 1000;
      const sessionToken = await new SignJWT({ [USER]: userId })
        .setProtectedHeader({ alg: ALGORITHM })
        .setSubject(id)
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime(expiresAt / 1000)
        .sign(key);
      return { sessionToken, expiresAt };
    },
    async verify(sessionToken, sessionId) {
      try {
        const options = { algorithms: [ALGORITHM], audience: AUDIENCE, subject: sessionId };
        const required = { ...options, requiredClaims: ["exp"] };
        const { payload } = await jwtVerify(sessionToken, key, required);
        return ownerSchema.parse({ userId: payload[USER] });
      } catch {
        return null;
      }
    },
  };
}
