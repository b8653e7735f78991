import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { sessionTokens } from "./session-token.js";

const SECRET = "a server's secret of 32 characters";
const tokens = sessionTokens(SECRET);

describe("session tokens", () => {
  test("take up their own session until they expire", async () => {
    const before = Date.now();
    const { sessionToken, expiresAt } = await tokens.mint({ id: "s1", userId: null });
    expect(await tokens.verify(sessionToken, "s1")).toEqual({ userId: null });
    const days = (expiresAt - before) / 86_400_000;
    expect(days).toBeGreaterThan(29.99);
    expect(days).toBeLessThanOrEqual(30.001);
    expect(await sessionTokens(SECRET).verify(sessionToken, "s1"), "after a restart").toEqual({
      userId: null,
    });
  });

  test.each(["s2", "S1", "", "s1 "])("do not take up session %j", async (other) => {
    const { sessionToken } = await tokens.mint({ id: "s1", userId: null });
    expect(await tokens.verify(sessionToken, other)).toBeNull();
  });

  test("end with their lifetime", async () => {
    const { sessionToken, expiresAt } = await sessionTokens(SECRET, -1_000).mint({
      id: "s1",
      userId: null,
    });
    expect(expiresAt).toBeLessThan(Date.now());
    expect(await tokens.verify(sessionToken, "s1")).toBeNull();
  });

  test("of another secret are worth nothing", async () => {
    const { sessionToken } = await sessionTokens(`${SECRET}!`).mint({ id: "s1", userId: null });
    expect(await tokens.verify(sessionToken, "s1")).toBeNull();
  });

  test("altered anywhere are worth nothing", async () => {
    const { sessionToken } = await tokens.mint({ id: "s1", userId: null });
    for (let at = 0; at < sessionToken.length; at += 1) {
      // The last character of each part holds bits that base64url leaves out: the first ones are changed.
      const next = sessionToken[at + 1];
      if (next === "." || next === undefined || sessionToken[at] === ".") continue;
      const other = sessionToken[at] === "A" ? "Q" : "A";
      const altered = sessionToken.slice(0, at) + other + sessionToken.slice(at + 1);
      const owner = await tokens.verify(altered, "s1");
      expect({ altered, owner }).toEqual({ altered, owner: null });
    }
  });

  test.each(["none", "None", "HS256", "HS512"])(
    "signed %s without the derived key are worth nothing",
    async (alg) => {
      const exp = Math.floor(Date.now() / 1_000) + 600;
      const claims = { sub: "s1", aud: "smooth-agent/session", exp };
      const content = [{ alg }, claims].map(encoded).join(".");
      const hash = alg === "HS512" ? "sha512" : "sha256";
      // The raw secret is what other tokens of a deployment may be signed with.
      for (const key of ["", SECRET]) {
        const mac = createHmac(hash, key).update(content).digest("base64url");
        for (const signature of [mac, ""]) {
          expect(await tokens.verify(`${content}.${signature}`, "s1")).toBeNull();
        }
      }
    },
  );

  test.each(["", ".", "..", "null", "a.b.c", "x".repeat(4_096)])("%j is none", async (text) => {
    expect(await tokens.verify(text, "s1")).toBeNull();
  });
});

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
