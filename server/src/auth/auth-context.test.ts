import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  authContextId,
  signAuthContext,
  verifyAuthContext,
  type AuthContext,
} from "./auth-context.js";

const SECRET = "the host's secret";
const NOW = new Date("2030-01-01T00:00:00.000Z");
const signed = (over: { userId?: string; secret?: string; now?: Date } = {}) =>
  signAuthContext({ userId: "u1", secret: SECRET, now: NOW, ...over });
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);

describe("signAuthContext", () => {
  test("signs user and time with a colon between, as the contract says", () => {
    const timestamp = NOW.getTime() / 1_000;
    const signature = createHmac("sha256", SECRET).update(`u1:${timestamp}`).digest("hex");
    expect(signed()).toEqual({ userId: "u1", signature, timestamp });
  });

  test("takes a secret as UTF-8 and the clock as it is", () => {
    const context = signAuthContext({ userId: "Ü", secret: "schlüssel 🔑" });
    expect(Math.abs(context.timestamp - Date.now() / 1_000)).toBeLessThan(2);
    expect(verifyAuthContext(context, ["schlüssel 🔑"], new Date())).toEqual(context);
  });

  test.each([
    ["an empty userId", { userId: "" }],
    ["a long userId", { userId: "x".repeat(257) }],
    ["a line break", { userId: "a\nb" }],
    ["NUL", { userId: "a\0" }],
    ["DEL", { userId: "a\u007F" }],
    ["a C1 control", { userId: "a\u0085" }],
    ["half a surrogate pair", { userId: "a\uD800" }],
    ["an empty secret", { secret: "" }],
  ])("refuses %s", (_, over) => {
    expect(() => signed(over)).toThrow(TypeError);
  });
});

describe("verifyAuthContext", () => {
  test("whatever was signed verifies, and only under its secret", () => {
    const user = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
    const userId = user.filter((id) => !/\p{Cc}/u.test(id));
    const secret = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(userId, secret, secret, (userId, secret, other) => {
        const context = signed({ userId, secret });
        expect(verifyAuthContext(context, [secret], NOW)).toEqual(context);
        expect(verifyAuthContext(context, [other], NOW) !== null).toBe(other === secret);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    [-60, true],
    [60, true],
    [60.999, true],
    [-61, false],
    [61, false],
    [3_600, false],
    [-3_600, false],
  ])("%d seconds on: %s", (seconds, isGood) => {
    expect(verifyAuthContext(signed(), [SECRET], later(seconds)) !== null).toBe(isGood);
  });

  test("hex of either case", () => {
    const context = signed();
    const upper = { ...context, signature: context.signature.toUpperCase() };
    expect(verifyAuthContext(upper, [SECRET], NOW)).toEqual(upper);
  });

  test("any of several secrets, none of none, never an empty one", () => {
    const context = signed();
    for (const secrets of [
      [SECRET, "new"],
      ["new", SECRET],
      ["", SECRET],
    ]) {
      expect(verifyAuthContext(context, secrets, NOW)).toEqual(context);
    }
    expect(verifyAuthContext(context, [], NOW)).toBeNull();
    const { timestamp } = context;
    const signature = createHmac("sha256", "").update(`u1:${timestamp}`).digest("hex");
    expect(verifyAuthContext({ ...context, signature }, ["", "new"], NOW)).toBeNull();
  });

  test("no pair of user and time stands for another one", () => {
    const { timestamp } = signed();
    // The bytes that were signed for `a:1` are those of `a` and `1:…`, if that were a time.
    const colon = signed({ userId: "a:1" });
    expect(verifyAuthContext(colon, [SECRET], NOW)).toEqual(colon);
    for (const forged of [
      { userId: "a", timestamp: `1:${timestamp}` },
      { userId: "a", timestamp },
      { userId: "a:1:" + String(timestamp), timestamp },
      { userId: `a:1:${timestamp}`.slice(0, -1), timestamp: timestamp % 10 },
    ]) {
      expect(verifyAuthContext({ ...colon, ...forged }, [SECRET], NOW)).toBeNull();
    }
    const id = fc.string({ unit: fc.constantFrom("a", ":", "1", "0", "-", "."), minLength: 1 });
    fc.assert(
      fc.property(id, id, fc.integer(), fc.integer(), (a, b, s, t) => {
        if (`${a}:${s}` === `${b}:${t}`) expect([a, s]).toEqual([b, t]);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each<[string, (context: AuthContext) => unknown]>([
    ["null", () => null],
    ["undefined", () => undefined],
    ["text", (context) => JSON.stringify(context)],
    ["an array", (context) => [context]],
    ["an empty object", () => ({})],
    ["no signature", ({ userId, timestamp }) => ({ userId, timestamp })],
    ["no time", ({ userId, signature }) => ({ userId, signature })],
    ["another user", (context) => ({ ...context, userId: "u2" })],
    ["the user in another case", (context) => ({ ...context, userId: "U1" })],
    ["a number for the user", (context) => ({ ...context, userId: 1 })],
    ["another time", (context) => ({ ...context, timestamp: context.timestamp + 1 })],
    ["a time as text", (context) => ({ ...context, timestamp: String(context.timestamp) })],
    ["a time in milliseconds", (context) => ({ ...context, timestamp: context.timestamp * 1_000 })],
    ["a fraction of a second", (context) => ({ ...context, timestamp: context.timestamp + 0.5 })],
    ["no number", (context) => ({ ...context, timestamp: Number.NaN })],
    ["endless time", (context) => ({ ...context, timestamp: Number.POSITIVE_INFINITY })],
    ["a short signature", (context) => ({ ...context, signature: context.signature.slice(2) })],
    ["a long signature", (context) => ({ ...context, signature: `${context.signature}00` })],
    [
      "a signature with a line end",
      (context) => ({ ...context, signature: `${context.signature}\n` }),
    ],
    ["no hex", (context) => ({ ...context, signature: "g".repeat(64) })],
    ["a signature of bytes", (context) => ({ ...context, signature: [...Buffer.alloc(32)] })],
    ["the signature of nothing", (context) => ({ ...context, signature: "0".repeat(64) })],
  ])("refuses %s", (_, forge) => {
    expect(verifyAuthContext(forge(signed()), [SECRET], NOW)).toBeNull();
  });

  test("one changed digit anywhere is refused", () => {
    const context = signed();
    for (let at = 0; at < 64; at += 1) {
      const digit = context.signature[at] === "0" ? "1" : "0";
      const signature = context.signature.slice(0, at) + digit + context.signature.slice(at + 1);
      expect(verifyAuthContext({ ...context, signature }, [SECRET], NOW)).toBeNull();
    }
  });

  test("refuses the separator left out", () => {
    const { userId, timestamp } = signed();
    const signature = createHmac("sha256", SECRET).update(`${userId}${timestamp}`).digest("hex");
    expect(verifyAuthContext({ userId, timestamp, signature }, [SECRET], NOW)).toBeNull();
  });
});

describe("authContextId", () => {
  test("is one per agent and signature, whatever the case of its digits", () => {
    const context = signed();
    const upper = { ...context, signature: context.signature.toUpperCase() };
    const id = authContextId("shop", context);
    expect(authContextId("shop", upper)).toBe(id);
    expect(authContextId("shop2", context)).not.toBe(id);
    expect(authContextId("shop", signed({ userId: "u2" }))).not.toBe(id);
    expect(id).not.toContain(context.signature);
  });
});
