import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { z } from "zod";

/** A public key as a JWK, chosen by its `kid`: Ed25519 (`OKP`) or P-256 (`EC`). */
export interface PublicKey {
  kid: string;
  kty: "OKP" | "EC";
  crv: "Ed25519" | "P-256";
  x: string;
  /** Of an `EC` key. */
  y?: string;
  alg?: string;
  use?: string;
  key_ops?: string[];
}

/** The one algorithm that a public key of a policy verifies; a token never chooses another. */
export function algorithmOf({ kty }: Pick<PublicKey, "kty">): "EdDSA" | "ES256" {
  return kty === "OKP" ? "EdDSA" : "ES256";
}

/** A key for `jose`. */
export function keyObjectOf({ kty, crv, x, y }: PublicKey): KeyObject {
  return createPublicKey({ key: { kty, crv, x, y } as JsonWebKey, format: "jwk" });
}

/** A public key that can be used; a private one is refused. */
export const publicKey = z
  .looseObject({
    kid: z.string().min(1, { error: "must not be empty" }).max(256),
    kty: z.enum(["OKP", "EC"], { error: "must be OKP or EC" }),
    crv: z.enum(["Ed25519", "P-256"], { error: "must be Ed25519 or P-256" }),
    x: z.string().max(128),
    y: z.string().max(128).optional(),
    alg: z.string().optional(),
    use: z.string().optional(),
    key_ops: z.array(z.string()).optional(),
    d: z.never({ error: "must be absent: a private key stays with its owner" }).optional(),
  })
  .refine(isUsable, { error: "must be an Ed25519 or P-256 public key (JWK) that verifies" })
  .transform(({ kid, kty, crv, x, y }): PublicKey => ({
    kid,
    kty,
    crv,
    x,
    ...(y !== undefined && { y }),
  }));

function isUsable(key: PublicKey): boolean {
  if ((key.kty === "OKP") !== (key.crv === "Ed25519")) return false;
  if (key.alg !== undefined && key.alg !== algorithmOf(key)) return false;
  if (key.use !== undefined && key.use !== "sig") return false;
  if (key.key_ops !== undefined && !key.key_ops.includes("verify")) return false;
  try {
    keyObjectOf(key);
    return true;
  } catch {
    return false;
  }
}
