import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Characters a secret must have at least. */
export const SECRET_CHARACTERS = 32;

/**
 * Reads the server's secret from a file that only its owner may read, made on first use.
 *
 * @throws when the file cannot be read or written, or holds too short a secret
 */
export function secretFromFile(file: string): string {
  mkdirSync(dirname(file), { recursive: true });
  try {
    const secret = randomBytes(32).toString("base64url");
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: "wx" });
    return secret;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const secret = readFileSync(file, "utf8").trim();
  if (secret.length >= SECRET_CHARACTERS) return secret;
  throw new Error(
    `${file} holds no secret of ${SECRET_CHARACTERS} characters. Delete it to have a new one made.`,
  );
}
