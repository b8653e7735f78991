import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";

const DIGITS = 6;

/** A new code, and what is kept of it. */
export function newCode(): { code: string; salt: string; codeHash: string } {
  const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, "0");
  const salt = randomBytes(16).toString("hex");
  return { code, salt, codeHash: hashOf(salt, code) };
}

/** Whether a visitor typed the code: spaces and dashes do not count, and the time it takes tells nothing. */
export function isCode(
  typed: string,
  { salt, codeHash }: { salt: string; codeHash: string },
): boolean {
  const hash = hashOf(salt, typed.replaceAll(/[\s\p{Pd}]/gu, ""));
  return timingSafeEqual(Buffer.from(hash, "hex"), Buffer.from(codeHash, "hex"));
}

/** Names a contact without saying where it is. */
export function contactId(organizationId: string, destination: string): string {
  return sha256(JSON.stringify([organizationId, destination]));
}

function hashOf(salt: string, code: string): string {
  return sha256(salt + code);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
