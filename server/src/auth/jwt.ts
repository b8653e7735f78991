import {
  decodeProtectedHeader,
  jwtVerify,
  type CryptoKey,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type KeyObject,
} from "jose";

/** What a token says of itself, before anything is verified; null when it is none. */
export function headerOf(token: string): { alg?: string; kid?: string; typ?: string } | null {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return null;
  }
}

/** The claims of a token that this key signed; null for whatever is wrong with it. */
export async function claimsOf(
  token: string,
  key: CryptoKey | KeyObject | Uint8Array | JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTPayload | null> {
  try {
    // The two overloads of jose take one kind of key each.
    const verified =
      typeof key === "function"
        ? await jwtVerify(token, key, options)
        : await jwtVerify(token, key, options);
    return verified.payload;
  } catch {
    return null;
  }
}
