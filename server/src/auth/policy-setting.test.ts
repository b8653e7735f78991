import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readPolicy } from "./policy-setting.js";

const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: "jwk" }), kid });
const ed = generateKeyPairSync("ed25519");
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const edKey = jwk(ed.publicKey, "ed");
const ecKey = jwk(ec.publicKey, "ec");
const read = (over: object) => readPolicy({ allowedOrigins: ["*"], ...over });

describe("readPolicy", () => {
  test("takes every spelling of a secret, and what is null or unknown as absent", () => {
    const parts = { secret: "a", secrets: ["b", "c"], public_key: "d", organizationId: "acme" };
    expect(read({ ...parts, name: "Shop", version: 7 })).toEqual({
      ok: true,
      policy: {
        allowedOrigins: ["*"],
        secrets: ["a", "b", "c", "d"],
        publicKeys: [],
        organizationId: "acme",
      },
    });
    const nothing = { secret: null, secrets: null, public_key: null, publicKeys: null };
    expect(read({ ...nothing, organizationId: null })).toEqual(read({}));
  });

  test("takes public keys that sign, and keeps of them what verifies", () => {
    const publicKeys = [{ ...edKey, use: "sig", alg: "EdDSA", key_ops: ["verify"] }, ecKey];
    const { kty, crv, x } = edKey as Record<string, unknown>;
    expect(read({ publicKeys })).toMatchObject({
      ok: true,
      policy: { publicKeys: [{ kid: "ed", kty, crv, x }, ecKey] },
    });
  });

  test.each<[string, unknown[]]>([
    ["no kid", [{ ...edKey, kid: undefined }]],
    ["an empty kid", [{ ...edKey, kid: "" }]],
    ["one kid twice", [edKey, { ...ecKey, kid: "ed" }]],
    ["a private key", [jwk(ed.privateKey, "ed")]],
    ["a shared key", [{ kty: "oct", kid: "a", k: "hush" }]],
    ["an RSA key", [{ ...edKey, kty: "RSA" }]],
    ["another curve", [{ ...ecKey, crv: "P-384" }]],
    ["a curve of the other kind", [{ ...edKey, crv: "P-256" }]],
    ["a point that is not on the curve", [{ ...ecKey, x: ecKey.y }]],
    ["half a point", [{ ...ecKey, y: undefined }]],
    ["a short key", [{ ...edKey, x: "hush" }]],
    ["another algorithm", [{ ...edKey, alg: "HS256" }]],
    ["a key that encrypts", [{ ...ecKey, use: "enc" }]],
    ["a key that signs only", [{ ...ecKey, key_ops: ["sign"] }]],
    ["text", ["hush"]],
    ["null", [null]],
  ])("refuses public keys with %s", (_, publicKeys) => {
    const refused = read({ publicKeys });
    expect(refused).toMatchObject({ ok: false });
    expect(JSON.stringify(refused)).toContain("publicKeys");
    expect(JSON.stringify(refused)).not.toContain("hush");
  });

  test("refuses a public key that stands for a secret, because everybody has it", () => {
    const pem = ed.publicKey.export({ type: "spki", format: "pem" });
    for (const part of [{ secret: pem }, { secrets: [pem] }, { public_key: `\n${String(pem)}` }]) {
      expect(read(part)).toMatchObject({ ok: false });
    }
  });

  test.each([[null], [undefined], [[]], ["*"], [{}]])("refuses %j", (value) => {
    expect(readPolicy(value)).toMatchObject({ ok: false });
  });
});
