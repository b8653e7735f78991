import { createHmac } from "node:crypto";

/**
 * Signs a webhook as Standard Webhooks has it: an HMAC-SHA256 over its id, its time and its body.
 *
 * @param secret `whsec_` and base64, or plain text
 * @param timestamp Unix seconds
 * @returns the value of `webhook-signature`
 */
export function webhookSignature(
  secret: string,
  { id, timestamp, body }: { id: string; timestamp: number; body: string },
): string {
  const signature = createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`);
  return `v1,${signature.digest("base64")}`;
}

export const SECRET_PREFIX = "whsec_";

/** The bytes that a secret stands for. */
export function keyOf(secret: string): Buffer {
  return secret.startsWith(SECRET_PREFIX)
    ? Buffer.from(secret.slice(SECRET_PREFIX.length), "base64")
    : Buffer.from(secret);
}
