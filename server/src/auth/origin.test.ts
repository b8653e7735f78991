import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOriginAllowed, isOriginEntry, normalOrigin } from "./origin.js";

const GOOD = "https://good.com";
const WILD = "https://*.good.com";

describe("isOriginAllowed", () => {
  test.each([
    ["https://good.com", GOOD],
    ["HTTPS://Good.COM", GOOD],
    ["https://good.com", "HTTPS://GOOD.com/"],
    ["https://good.com/", GOOD],
    ["https://good.com:443", GOOD],
    ["https://good.com", "https://good.com:443/"],
    ["http://good.com:80", "http://good.com"],
    ["https://good.com:8443", "https://good.com:8443"],
    ["http://localhost:3000", "http://localhost:3000"],
    ["http://127.0.0.1:3000", "http://127.0.0.1:3000"],
    ["http://[::1]:3000", "http://[0:0::1]:3000"],
    ["https://bücher.example", "https://xn--bcher-kva.example"],
    ["https://xn--bcher-kva.example", "https://BÜCHER.example"],
    ["capacitor://localhost", "capacitor://localhost"],
    ["https://good.com", WILD],
    ["https://a.good.com", WILD],
    ["https://a.b.good.com", WILD],
    ["https://A.Good.com:443/", "https://*.GOOD.com"],
    ["https://a.good.com:8443", "https://*.good.com:8443"],
    ["https://a.xn--bcher-kva.example", "https://*.bücher.example"],
  ])("%s may embed what allows %s", (origin, entry) => {
    expect(isOriginAllowed(origin, [entry])).toBe(true);
    expect(isOriginAllowed(origin, ["https://else.example", entry])).toBe(true);
  });

  test.each([
    ["http://good.com", GOOD],
    ["https://good.com:444", GOOD],
    ["https://good.com:80", GOOD],
    ["http://good.com:443", GOOD],
    ["https://good.com", "https://good.com:8443"],
    ["https://www.good.com", GOOD],
    ["https://good.com.evil.com", GOOD],
    ["https://evil.com?x=https://good.com", GOOD],
    ["https://evil.com/https://good.com", GOOD],
    ["https://evil.com#https://good.com", GOOD],
    ["https://good.com/path", GOOD],
    ["https://good.com?", GOOD],
    ["https://good.com#", GOOD],
    ["https://user@good.com", GOOD],
    ["https://user:pass@good.com", GOOD],
    ["https://@good.com", GOOD],
    ["https://good.com@evil.com", GOOD],
    ["https://good.com\\@evil.com", GOOD],
    ["https://good.com\\", GOOD],
    ["https:\\\\good.com", GOOD],
    ["https:good.com", GOOD],
    ["https:/good.com", GOOD],
    ["//good.com", GOOD],
    ["good.com", GOOD],
    [" https://good.com", GOOD],
    ["https://good.com https://evil.com", GOOD],
    ["https://evil.com, https://good.com", GOOD],
    ["https://gооd.com", GOOD],
    ["https://good.com.", GOOD],
    ["null", GOOD],
    ["null", "null"],
    ["", GOOD],
    ["", ""],
    ["*", GOOD],
    ["file://", "file://"],
    ["javascript:alert(1)", GOOD],
    ["https://notgood.com", WILD],
    ["https://good.com.evil.com", WILD],
    ["https://a.good.com.evil.com", WILD],
    ["https://evil.com?x=https://a.good.com", WILD],
    ["https://evil.com/.good.com", WILD],
    ["https://evil.com#.good.com", WILD],
    ["https://user@a.good.com", WILD],
    ["http://a.good.com", WILD],
    ["wss://a.good.com", WILD],
    ["https://a.good.com:8443", WILD],
    ["https://a.good.com", "https://*.good.com:8443"],
    ["https://good.com", "https://*good.com"],
    ["https://anything.example", "https://*"],
    ["https://anything.example", "https://*."],
    ["https://anything.example", "*://*"],
    ["https://a.good.com", "*.good.com"],
    ["https://a.good.com", "https://a.*.com"],
    ["https://a.b.good.com", "https://*.*.good.com"],
    ["https://evil.com", "https://*.good.com https://evil.com"],
  ])("%s may not embed what allows %s", (origin, entry) => {
    expect(isOriginAllowed(origin, [entry])).toBe(false);
  });

  test("a missing origin and null are let in by * alone", () => {
    for (const origin of [undefined, "null", "", "nonsense"]) {
      expect(isOriginAllowed(origin, [GOOD, WILD])).toBe(false);
      expect(isOriginAllowed(origin, [GOOD, "*"])).toBe(true);
    }
  });

  test("an empty list lets nobody in", () => {
    for (const origin of [GOOD, undefined, "null", "*"]) {
      expect(isOriginAllowed(origin, [])).toBe(false);
    }
  });

  const label = fc.stringMatching(/^[a-z]([a-z\d-]{0,6}[a-z\d])?$/);
  const host = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join("."));
  const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
  const scheme = fc.constantFrom("http", "https");
  const withPort = (base: string, number: number | undefined) =>
    number === undefined ? base : `${base}:${number}`;

  test("how an origin is written does not matter", () => {
    const writing = fc.tuple(scheme, host, port, fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(writing, ([scheme, host, port, upper, slash]) => {
        const origin = withPort(`${scheme}://${host}`, port);
        const written = (upper ? origin.toUpperCase() : origin) + (slash ? "/" : "");
        expect(isOriginAllowed(written, [origin])).toBe(true);
        expect(isOriginAllowed(origin, [written])).toBe(true);
        expect(normalOrigin(written)).toBe(new URL(origin).origin);
      }),
    );
  });

  test("a wildcard means its apex and what ends in a dot and it, at the same scheme and port", () => {
    fc.assert(
      fc.property(scheme, host, port, host, scheme, port, (scheme, host, port, other, s2, p2) => {
        const entry = withPort(`${scheme}://*.${host}`, port);
        const apex = withPort(`${scheme}://${host}`, port);
        const below = withPort(`${scheme}://${other}.${host}`, port);
        const glued = withPort(`${scheme}://x${host}`, port);
        const beyond = withPort(`${scheme}://${host}.${other}`, port);
        const foreign = withPort(`${s2}://${other}.${host}`, p2);
        expect(isOriginAllowed(apex, [entry])).toBe(true);
        expect(isOriginAllowed(below, [entry])).toBe(true);
        expect(isOriginAllowed(glued, [entry])).toBe(false);
        expect(isOriginAllowed(beyond, [entry])).toBe(
          beyond.endsWith(below.slice(below.indexOf("."))),
        );
        const samePlace = new URL(foreign).origin === new URL(below).origin;
        expect(isOriginAllowed(foreign, [entry])).toBe(samePlace);
      }),
    );
  });

  test("whatever is allowed by an exact entry has that origin for a browser too", () => {
    const noise = fc.constantFrom(
      "",
      "/",
      "\\",
      "@",
      "?",
      "#",
      ".",
      ":",
      "%2e",
      "\t",
      "evil.com",
      "//",
      " ",
    );
    const pieces = fc.array(fc.oneof(noise, fc.constantFrom("https://", "good.com", ":443")), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(pieces, (parts) => {
        const origin = parts.join("");
        if (!isOriginAllowed(origin, [GOOD])) return;
        expect(new URL(origin).origin).toBe(GOOD);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("isOriginEntry", () => {
  test.each([
    "*",
    GOOD,
    WILD,
    "http://localhost:3000",
    "https://*.good.com:8443",
    "https://good.com/",
  ])("%s can match", (entry) => {
    expect(isOriginEntry(entry)).toBe(true);
  });

  test.each([
    "",
    "null",
    "good.com",
    "*.good.com",
    "https://",
    "https://*",
    "https://*.",
    "https://*.*.good.com",
    "https://a.*.com",
    "https://*good.com",
    "https://good.com/path",
    "https://good.com?x",
    "https://user@good.com",
    "https://good.com, https://b.com",
    "**",
  ])("%j never matches and is refused", (entry) => {
    expect(isOriginEntry(entry)).toBe(false);
  });
});
