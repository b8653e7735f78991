import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { userIdSchema } from "./user-id.js";

/** What a host hands to its page so that the agent knows who the visitor is. */
export interface AuthContext {
  userId: string;
  /** HMAC-SHA256 over `<userId>:<timestamp>`, 64 hex digits. */
  signature: string;
  /** Unix seconds. */
  timestamp: number;
}

/** Seconds before and after now in which a signature is good, both ends included. */
export const AUTH_CONTEXT_WINDOW_S = 60;

/**
 * Signs who the visitor is, on the host's backend, for the next 60 seconds.
 *
 * @param userId 1..256 characters without control characters
 * @param secret a secret of the agent's policy; never sent to a browser
 * @throws {TypeError} when the userId or the secret cannot be used
 */
export function signAuthContext(input: {
  userId: string;
  secret: string;
  now?: Date;
}): AuthContext {
  const { userId, secret, now = new Date() } = input;
  if (!userIdSchema.safeParse(userId).success) {
    throw new TypeError("userId must be 1 to 256 characters without control characters.");
  }
  if (secret === "") throw new TypeError("secret must not be empty.");
  const timestamp = Math.floor(now.getTime() / 1000);
  return { userId, signature: hmac(secret, userId, timestamp).toString("hex"), timestamp };
}

/**
 * Verifies an auth context from a frame.
 *
 * @param secrets every secret that may have signed it
 * @returns who it is; null when anything about it is wrong
 */
export function verifyAuthContext(
  value: unknown,
  secrets: readonly string[],
  now: Date,
): AuthContext | null {
  const parsed = authContextSchema.safeParse(value);
  if (!parsed.success) return null;
  const { userId, signature, timestamp } = parsed.data;
  const age = Math.abs(Math.floor(now.getTime() / 1000) - timestamp);
  const given = Buffer.from(signature, "hex");
  // Every secret is tried, so that the time taken says nothing about which one was right.
  const matches = secrets.filter(
    (secret) => secret !== "" && timingSafeEqual(hmac(secret, userId, timestamp), given),
  );
  return age <= AUTH_CONTEXT_WINDOW_S && matches.length > 0 ? parsed.data : null;
}

/** Names a signature of an agent for replay counting, without keeping it. */
export function authContextId(agentId: string, { signature }: AuthContext): string {
  return createHash("sha256")
    .update(JSON.stringify([agentId, signature.toLowerCase()]))
    .digest("hex");
}

const authContextSchema = z.object({
  userId: userIdSchema,
  signature: z.string().regex(/^[\da-f]{64}$/i),
  timestamp: z.int(),
});

function hmac(secret: string, userId: string, timestamp: number): Buffer {
  return createHmac("sha256", secret).update(`${userId}:${timestamp}`).digest();
}
