import { z } from "zod";
import { sharedSecret } from "../auth/policy-setting.js";
import { algorithmOfKey, publicKeyOf } from "../auth/principal-verifier.js";
import { httpUrl } from "./setting.js";

const filled = z.string().min(1, { error: "must not be empty" });

export const principalsSetting = z
  .strictObject({
    secret: sharedSecret.optional(),
    publicKey: z
      .string()
      .refine(isPublicKey, {
        error: "must be a public key in PEM: RSA of 2048 bits or more, P-256 or Ed25519",
      })
      .optional(),
    jwksUrl: httpUrl.optional(),
    issuer: filled.optional(),
    audience: filled.optional(),
  })
  .refine((keys) => [keys.secret, keys.publicKey, keys.jwksUrl].some((key) => key !== undefined), {
    error: "must have a secret, a publicKey or a jwksUrl",
  });

function isPublicKey(pem: string): boolean {
  try {
    return algorithmOfKey(publicKeyOf(pem)) !== null;
  } catch {
    return false;
  }
}
