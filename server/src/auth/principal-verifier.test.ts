import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { base64url, SignJWT, type JWTPayload } from "jose";
import { describe, expect, test } from "vitest";
import { signAuthToken } from "./auth-token.js";
import { answers, httpServer } from "./http-server.fixture.js";
import { collectedLog } from "./policy-log.fixture.js";
import { principalVerifier, type PrincipalSetting } from "./principal-verifier.js";

const SECRET = "the secret of the host's dashboards";
const keys = {
  RS256: generateKeyPairSync("rsa", { modulusLength: 2_048 }),
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: generateKeyPairSync("ed25519"),
};
const other = generateKeyPairSync("ed25519");
const pemOf = (key: KeyObject) => String(key.export({ type: "spki", format: "pem" }));
const jwkOf = (key: KeyObject, kid: string) => ({ ...key.export({ format: "jwk" }), kid });
const inAMinute = () => Math.floor(Date.now() / 1_000) + 60;
const secretKey = Buffer.from(SECRET);

function signed(
  claims: JWTPayload = {},
  header: { alg: string; kid?: string; typ?: string } = { alg: "HS256" },
  key: KeyObject | Uint8Array = secretKey,
): Promise<string> {
  const whole = { sub: "p1", exp: inAMinute(), ...claims };
  return new SignJWT(whole).setProtectedHeader(header).sign(key);
}

function verifier(setting: PrincipalSetting) {
  const { logger, log } = collectedLog();
  return { ...principalVerifier(setting, logger), log };
}

describe("a principal's token", () => {
  test("says who it is, of which organization, in which role", async () => {
    const { verify } = verifier({ secret: SECRET });
    const exp = inAMinute();
    const claims = { org: "acme", role: "admin", name: "Ada", email: "a@b.example", exp };
    expect(await verify(await signed(claims))).toEqual({
      userId: "p1",
      organizationId: "acme",
      role: "admin",
      name: "Ada",
      email: "a@b.example",
      expiresAt: exp * 1_000,
    });
    const nothing = { organizationId: null, role: null, name: null, email: null };
    expect(await verify(await signed())).toMatchObject(nothing);
    const blank = { org: "", role: null, name: "", email: null };
    expect(await verify(await signed(blank))).toMatchObject(nothing);
  });

  test.each(Object.entries(keys))("of a key for %s is verified by it", async (alg, pair) => {
    const { verify } = verifier({ publicKey: pemOf(pair.publicKey) });
    const token = await signed({}, { alg }, pair.privateKey);
    expect(await verify(token)).toMatchObject({ userId: "p1" });
    for (const [algorithm, stranger] of Object.entries(keys)) {
      if (algorithm === alg) continue;
      expect(await verify(await signed({}, { alg: algorithm }, stranger.privateKey))).toBeNull();
    }
    expect(await verify(await signed())).toBeNull();
  });

  test.each<[string, () => Promise<string>]>([
    ["another secret", () => signed({}, { alg: "HS256" }, Buffer.from("another"))],
    ["another strength", () => signed({}, { alg: "HS512" }, secretKey)],
    ["the public key for a secret", () => asSecret(keys.RS256.publicKey)],
    ["another kind of RSA signature", () => signed({}, { alg: "PS256" }, keys.RS256.privateKey)],
    ["a longer hash", () => signed({}, { alg: "RS512" }, keys.RS256.privateKey)],
    ["no algorithm", async () => `${unsigned("none")}.`],
    ["no signature", async () => `${unsigned("HS256")}.`],
    ["no expiry", () => signed({ exp: undefined })],
    ["an expiry that is past", () => signed({ exp: Math.floor(Date.now() / 1_000) - 1 })],
    ["a beginning that has not come", () => signed({ nbf: inAMinute() })],
    ["no subject", () => signed({ sub: undefined })],
    ["an empty subject", () => signed({ sub: "" })],
    ["a subject with a line break", () => signed({ sub: "a\nb" })],
    ["an organization that is no text", () => signed({ org: ["acme"] })],
    ["a role that is no text", () => signed({ role: ["admin"] })],
    ["an organization with control characters", () => signed({ org: "acme\u0000" })],
    ["a visitor's token under the same secret", visitorToken],
    ["nothing", async () => ""],
    ["words", async () => "let me in"],
    ["dots", async () => ".."],
    ["a megabyte", async () => "x".repeat(1_000_000)],
  ])("is refused with %s", async (_, forge) => {
    const setting = { secret: SECRET, publicKey: pemOf(keys.RS256.publicKey) };
    const { verify, log } = verifier(setting);
    expect(await verify(await forge())).toBeNull();
    expect(log, "nothing of a stranger's token is logged").toEqual([]);
  });

  test("is of the issuer and for the audience that are named", async () => {
    const { verify } = verifier({ secret: SECRET, issuer: "https://id.example", audience: "api" });
    const claims = { iss: "https://id.example", aud: ["other", "api"] };
    expect(await verify(await signed(claims))).toMatchObject({ userId: "p1" });
    for (const wrong of [
      { ...claims, iss: "https://id.example/" },
      { ...claims, iss: undefined },
      { ...claims, aud: "API" },
      { ...claims, aud: undefined },
    ]) {
      expect(await verify(await signed(wrong))).toBeNull();
    }
  });
});

describe("a key set over HTTP", () => {
  const set = (...jwks: object[]) => answers({ keys: jwks });
  const edKey = jwkOf(keys.EdDSA.publicKey, "one");
  const byOne = (claims: JWTPayload = {}) =>
    signed(claims, { alg: "EdDSA", kid: "one" }, keys.EdDSA.privateKey);
  const byTwo = () => signed({}, { alg: "EdDSA", kid: "two" }, other.privateKey);

  test("verifies by kid, and is asked once for many tokens", async () => {
    const { privateKey, publicKey } = keys.RS256;
    const host = await httpServer(
      set(edKey, jwkOf(publicKey, "rsa"), jwkOf(keys.ES256.publicKey, "ec")),
    );
    const { verify } = verifier({ jwksUrl: `${host.url}/jwks.json` });
    const tokens = [
      await byOne(),
      await signed({}, { alg: "RS256", kid: "rsa" }, privateKey),
      await signed({}, { alg: "ES256", kid: "ec" }, keys.ES256.privateKey),
    ];
    const read = await Promise.all([...tokens, ...tokens].map((token) => verify(token)));
    for (const principal of read) expect(principal).toMatchObject({ userId: "p1" });
    expect(host.paths).toEqual(["/jwks.json"]);
    const wrongKid = await signed({}, { alg: "EdDSA", kid: "rsa" }, keys.EdDSA.privateKey);
    expect(await verify(wrongKid)).toBeNull();
  });

  test("that is rotated lets the new key in at once", async () => {
    const host = await httpServer(set(edKey));
    const { verify } = verifier({ jwksUrl: host.url });
    expect(await verify(await byTwo())).toBeNull();
    host.answer = set(edKey, jwkOf(other.publicKey, "two"));
    expect(await verify(await byTwo())).toMatchObject({ userId: "p1" });
    expect(await verify(await byOne())).toMatchObject({ userId: "p1" });
    host.answer = set(jwkOf(other.publicKey, "three"));
    const byThree = await signed({}, { alg: "EdDSA", kid: "three" }, other.privateKey);
    expect(await verify(byThree)).toMatchObject({ userId: "p1" });
    expect(await verify(await byOne()), "what was taken out is out").toBeNull();
  });

  test("is not asked for every kid that strangers make up", async () => {
    const host = await httpServer(set(edKey));
    const { verify } = verifier({ jwksUrl: host.url });
    for (let n = 0; n < 30; n += 1) {
      const token = await signed({}, { alg: "EdDSA", kid: `made-up-${n}` }, other.privateKey);
      expect(await verify(token)).toBeNull();
    }
    expect(host.paths.length).toBeLessThanOrEqual(6);
    expect(await verify(await byOne())).toMatchObject({ userId: "p1" });
  });

  test.each<[string, ReturnType<typeof answers>]>([
    ["is down", answers("", 500)],
    ["cuts the connection", (response) => response.destroy()],
    ["redirects", (response) => response.writeHead(302, { location: "/elsewhere" }).end()],
    ["answers no JSON", answers("hush")],
    ["answers no keys", answers({ keys: "hush" })],
    ["answers too much", answers(JSON.stringify({ keys: [], pad: "x".repeat(1_100_000) }))],
  ])("that %s admits nobody, until it is well", async (_, fault) => {
    const host = await httpServer(fault);
    const { verify, log } = verifier({ jwksUrl: host.url });
    const token = await byOne();
    expect(await verify(token)).toBeNull();
    expect(log.join("")).not.toContain(token);
    expect(log.join("")).not.toContain("hush");
    host.answer = set(edKey);
    expect(await verify(token)).toMatchObject({ userId: "p1" });
  });

  test("that is down is told in the log", async () => {
    const host = await httpServer(answers("", 503));
    const { verify, log } = verifier({ jwksUrl: host.url });
    await verify(await byOne());
    await host.stop();
    await verify(await byOne());
    expect(log).toHaveLength(2);
    expect(log[0]).toMatch(/"status":503.*key set was not answered/);
    expect(log[1]).toMatch(/key set could not be read/);
  });

  test("never verifies a shared secret, even when it serves one", async () => {
    const k = base64url.encode(SECRET);
    const host = await httpServer(set({ kty: "oct", kid: "one", k, alg: "HS256" }));
    const { verify } = verifier({ jwksUrl: host.url });
    expect(await verify(await signed({}, { alg: "HS256", kid: "one" }))).toBeNull();
  });
});

const part = (value: object) => base64url.encode(JSON.stringify(value));
const unsigned = (alg: string) => `${part({ alg })}.${part({ sub: "p1", exp: inAMinute() })}`;
const asSecret = (key: KeyObject) => signed({}, { alg: "HS256" }, Buffer.from(pemOf(key)));

async function visitorToken(): Promise<string> {
  return (await signAuthToken({ userId: "p1", agentId: "shop", secret: SECRET })).token;
}
