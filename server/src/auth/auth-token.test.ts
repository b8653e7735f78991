import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { base64url, decodeJwt, decodeProtectedHeader, SignJWT, type JWTPayload } from "jose";
import { describe, expect, test } from "vitest";
import { signAuthContext } from "./auth-context.js";
import { signAuthToken } from "./auth-token.js";
import { policyOf, readPolicy } from "./policy-setting.js";
import { verifyVisitor } from "./visitor-verification.js";

const NOW = new Date("2030-01-01T00:00:00.000Z");
const SECONDS = NOW.getTime() / 1_000;
const SECRET = "the host's secret";
const ed = generateKeyPairSync("ed25519");
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stranger = generateKeyPairSync("ed25519");
const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: "jwk" }), kid });
const publicKeys = [jwk(ed.publicKey, "ed"), jwk(ec.publicKey, "ec")];
const read = readPolicy({ allowedOrigins: [], secret: SECRET, publicKeys });
const policy = read.ok ? read.policy : policyOf({ allowedOrigins: [] });

const verify = (value: unknown, agentId = "shop", now = NOW, by = policy) =>
  verifyVisitor(value, agentId, by, now);
const whole: JWTPayload = { sub: "u1", aud: "shop", exp: SECONDS + 300 };

function signed(
  claims: JWTPayload = {},
  header: { alg: string; kid?: string } = { alg: "HS256" },
  key: KeyObject | Uint8Array = Buffer.from(SECRET),
): Promise<string> {
  return new SignJWT({ ...whole, ...claims }).setProtectedHeader(header).sign(key);
}

describe("a token that vouches for a visitor", () => {
  test("says who it is, how to write to them and what they are called", async () => {
    const token = await signed({ email: " a@b.example ", name: "Ada" });
    expect(await verify({ token })).toMatchObject({
      userId: "u1",
      email: "a@b.example",
      name: "Ada",
    });
    const plain = await verify({ token: await signed({ email: "", name: " " }) });
    expect(plain).toMatchObject({ userId: "u1", email: null, name: null });
  });

  test("is made by the helper, for one agent and two minutes", async () => {
    const input = { userId: "Ü", agentId: "shop", secret: "schlüssel 🔑" };
    const made = await signAuthToken({ ...input, email: "a@b.example", name: "Ada", now: NOW });
    const by = policyOf({ allowedOrigins: [], secret: "schlüssel 🔑" });
    const visitor = await verify(made, "shop", NOW, by);
    expect(visitor).toMatchObject({ userId: "Ü", email: "a@b.example", name: "Ada" });
    expect(await verify(made, "desk", NOW, by)).toBeNull();
    expect(decodeJwt(made.token).exp).toBe(SECONDS + 120);
    const again = await signAuthToken({ ...input, now: NOW });
    expect((await verify(again, "shop", NOW, by))?.use.id).not.toBe(visitor?.use.id);
    const today = await signAuthToken(input);
    expect(await verify(today, "shop", new Date(), by)).toMatchObject({ userId: "Ü" });
  });

  test.each([{ userId: "" }, { userId: "a\nb" }, { secret: "" }, { agentId: "" }])(
    "is not made with %j",
    async (over) => {
      const input = { userId: "u1", agentId: "shop", secret: SECRET, ...over };
      await expect(signAuthToken(input)).rejects.toThrow(TypeError);
    },
  );

  test("may be signed with any of several secrets while they are rotated", async () => {
    const rotating = policyOf({ allowedOrigins: [], secrets: ["new", SECRET] });
    const token = await signed();
    expect(await verify({ token }, "shop", NOW, rotating)).toMatchObject({ userId: "u1" });
    const rotated = policyOf({ allowedOrigins: [], secrets: ["new"] });
    expect(await verify({ token }, "shop", NOW, rotated)).toBeNull();
    expect(await verify({ token }, "shop", NOW, policyOf({ allowedOrigins: [] }))).toBeNull();
    const next = await signed({}, { alg: "HS256" }, Buffer.from("new"));
    expect(await verify({ token: next }, "shop", NOW, rotating)).toMatchObject({ userId: "u1" });
  });

  test("may be signed by a private key of the host, each by its kid", async () => {
    const byEd = await signed({}, { alg: "EdDSA", kid: "ed" }, ed.privateKey);
    const byEc = await signed({}, { alg: "ES256", kid: "ec" }, ec.privateKey);
    for (const token of [byEd, byEc]) {
      expect(await verify({ token })).toMatchObject({ userId: "u1" });
    }
  });

  test.each<[string, () => Promise<string>]>([
    ["no kid", () => signed({}, { alg: "EdDSA" }, ed.privateKey)],
    ["an unknown kid", () => signed({}, { alg: "EdDSA", kid: "x" }, ed.privateKey)],
    ["another key's kid", () => signed({}, { alg: "EdDSA", kid: "ec" }, ed.privateKey)],
    ["a key of nobody", () => signed({}, { alg: "EdDSA", kid: "ed" }, stranger.privateKey)],
    ["another secret", () => signed({}, { alg: "HS256" }, Buffer.from("another"))],
    ["another strength", () => signed({}, { alg: "HS512" }, Buffer.from(SECRET))],
    ["a secret named as a key", () => signed({}, { alg: "HS256", kid: "ed" }, Buffer.from("x"))],
    ["the public key's text for a secret", () => asSecret(pem())],
    ["the public key's JWK for a secret", () => asSecret(JSON.stringify(publicKeys[0]))],
    ["the public key's bytes for a secret", () => asSecret(spki())],
    ["the public key's bytes of its JWK", () => asSecret(base64url.decode(publicKeys[0]?.x ?? ""))],
    ["no algorithm", async () => `${unsigned({ alg: "none" })}.`],
    ["no algorithm and a kid", async () => `${unsigned({ alg: "None", kid: "ed" })}.`],
    ["no algorithm at all", async () => `${unsigned({})}.`],
    ["no signature", async () => `${(await signed()).split(".").slice(0, 2).join(".")}.`],
    ["other claims under the signature", async () => moved(await signed())],
    ["a key of its own", () => withOwnKey()],
    ["a part that must be understood", () => critical()],
  ])("is refused with %s", async (_, forge) => {
    expect(await verify({ token: await forge() })).toBeNull();
  });

  test.each<[string, JWTPayload]>([
    ["no user", { sub: undefined }],
    ["an empty user", { sub: "" }],
    ["a long user", { sub: "x".repeat(257) }],
    ["a user with a line break", { sub: "a\nb" }],
    ["a user that is a number", { sub: 1 as unknown as string }],
    ["no agent", { aud: undefined }],
    ["another agent", { aud: "desk" }],
    ["the agent in another case", { aud: "Shop" }],
    ["several agents", { aud: ["shop", "desk"] }],
    ["no agents", { aud: [] }],
    ["no expiry", { exp: undefined }],
    ["an expiry that is text", { exp: String(SECONDS + 60) as unknown as number }],
    ["an expiry in milliseconds", { exp: NOW.getTime() + 60_000 }],
    ["an expiry too far ahead", { exp: SECONDS + 301 }],
    ["an expiry that has come", { exp: SECONDS }],
    ["an expiry that is past", { exp: SECONDS - 1 }],
    ["a beginning that has not come", { nbf: SECONDS + 60 }],
    ["an e-mail that is no text", { email: ["a@b.example"] }],
    ["a name with half a character", { name: "\uD800" }],
    ["a name with control characters", { name: "Ada\u0000" }],
    ["an empty jti", { jti: "" }],
    ["a jti that is no text", { jti: 7 as unknown as string }],
  ])("is refused with %s", async (_, claims) => {
    expect(await verify({ token: await signed(claims) })).toBeNull();
  });

  test("is good to its last second, from five minutes before and a little", async () => {
    const token = await signed({ aud: ["shop"], exp: SECONDS + 300, nbf: SECONDS + 5 });
    expect(await verify({ token })).toMatchObject({ userId: "u1" });
    const last = new Date(NOW.getTime() + 299_999);
    expect(await verify({ token }, "shop", last)).toMatchObject({ userId: "u1" });
    expect(await verify({ token }, "shop", new Date(NOW.getTime() + 300_000))).toBeNull();
  });
});

describe("an auth context", () => {
  test("of unknown shape, or of both at once, vouches for nobody", async () => {
    const token = await signed();
    const context = signAuthContext({ userId: "u1", secret: SECRET, now: NOW });
    const wrong: unknown[] = [
      ...[undefined, null, token, [token], [], {}, { jwt: token }, { token: null }],
      ...[{ token: [token] }, { token: "" }, { token: "a.b.c" }, { token: `${token}.` }],
      ...[{ token: ` ${token}` }, { token: "x".repeat(60_000) }],
      ...[
        { token, userId: "u1" },
        { token, ...context },
        { ...context, token: undefined },
      ],
      { token, signature: null },
    ];
    for (const value of wrong) expect(await verify(value)).toBeNull();
    expect(await verify({ token, locale: "de" })).toMatchObject({ userId: "u1" });
    expect(await verify(context)).toMatchObject({ userId: "u1", email: null, name: null });
    expect(await verifyVisitor(context, "shop", null, NOW)).toBeNull();
    expect(await verifyVisitor({ token }, "shop", null, NOW)).toBeNull();
  });
});

describe("the uses of a token", () => {
  const useOf = async (token: string) => (await verify({ token }))?.use;

  test("are counted by its jti for its agent, however often it is signed anew", async () => {
    const first = await useOf(await signed({ jti: "a" }));
    expect(await useOf(await signed({ jti: "a", exp: SECONDS + 9 }))).toMatchObject({
      id: first?.id,
    });
    expect((await useOf(await signed({ jti: "b" })))?.id).not.toBe(first?.id);
    const other = await signed({ jti: "a", aud: "desk" });
    expect((await verify({ token: other }, "desk"))?.use.id).not.toBe(first?.id);
  });

  test("outlast it", async () => {
    const use = await useOf(await signed({ exp: SECONDS + 9.5 }));
    expect(use?.expiresAt.getTime()).toBe(NOW.getTime() + 11_000);
  });

  test("are one for all signatures that fit what was signed", async () => {
    const token = await signed({}, { alg: "ES256", kid: "ec" }, ec.privateKey);
    const twin = otherSignature(token);
    expect(twin).not.toBe(token);
    const [one, two] = [await useOf(token), await useOf(twin)];
    expect(two?.id, "the twin is valid, and counts as the same").toBe(one?.id);
    expect(one?.id).not.toContain(token);
  });
});

const pem = () => String(ed.publicKey.export({ type: "spki", format: "pem" }));
const spki = () => ed.publicKey.export({ type: "spki", format: "der" });
const part = (value: object) => base64url.encode(JSON.stringify(value));
const unsigned = (header: object) => `${part(header)}.${part(whole)}`;

async function asSecret(key: string | Uint8Array): Promise<string> {
  const text = `${part({ alg: "HS256", kid: "ed" })}.${part(whole)}`;
  return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
}

function moved(token: string): string {
  const [header, , signature] = token.split(".");
  return [header, part({ ...whole, sub: "u2" }), signature].join(".");
}

async function withOwnKey(): Promise<string> {
  const own = jwk(stranger.publicKey, "ed");
  const header = { alg: "EdDSA", kid: "ed", jwk: own };
  return new SignJWT(whole).setProtectedHeader(header).sign(stranger.privateKey);
}

async function critical(): Promise<string> {
  const text = `${part({ alg: "HS256", crit: ["hush"], hush: 1 })}.${part(whole)}`;
  expect(decodeProtectedHeader(`${text}.`)).toHaveProperty("crit");
  return `${text}.${createHmac("sha256", SECRET).update(text).digest("base64url")}`;
}

/** The second signature that every ECDSA signature has: (r, n - s). */
function otherSignature(token: string): string {
  const order = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  const [header, payload, signature = ""] = token.split(".");
  const bytes = Buffer.from(signature, "base64url");
  const s = BigInt(`0x${bytes.subarray(32).toString("hex")}`);
  const twin = (order - s).toString(16).padStart(64, "0");
  const both = Buffer.concat([bytes.subarray(0, 32), Buffer.from(twin, "hex")]);
  return [header, payload, both.toString("base64url")].join(".");
}
