import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { configuredPolicies } from "../auth/agent-policy.js";
import { pageOrigin, refusalOf } from "./refusal.js";

const policy = (...allowedOrigins: string[]) => ({ allowedOrigins, secrets: [] });
const ports = (over: { strict?: boolean; draining?: boolean; origins?: string[][] } = {}) => {
  const { strict = true, draining = false } = over;
  const { origins = [["https://a.example"], ["https://*.b.example"]] } = over;
  const policies = configuredPolicies(
    new Map(origins.map((allowed, index) => [String(index), policy(...allowed)])),
  );
  return { policies, strict, isAway: () => draining };
};

describe("refusalOf", () => {
  test.each(["https://a.example", "https://x.b.example", "HTTPS://A.example:443"])(
    "%s, which some agent allows, is welcome",
    (origin) => {
      expect(refusalOf({ origin }, ports())).toBeNull();
    },
  );

  test.each(["https://c.example", "http://a.example", "null", "", undefined])(
    "%s, which none allows, is refused with 403",
    (origin) => {
      const refusal = refusalOf({ origin }, ports());
      expect(refusal).toMatchObject({ status: 403, error: { code: "ORIGIN_NOT_ALLOWED" } });
      expect(JSON.stringify(refusal), "who is allowed is not told").not.toContain("a.example");
    },
  );

  test("one agent for everybody lets everybody in", () => {
    const open = ports({ origins: [["https://a.example"], ["*"]] });
    for (const origin of ["https://c.example", "null", undefined]) {
      expect(refusalOf({ origin }, open)).toBeNull();
    }
  });

  test("agents that allow nobody let nobody in", () => {
    expect(refusalOf({ origin: "https://a.example" }, ports({ origins: [[]] }))?.status).toBe(403);
  });

  test("nothing is refused when it is not known beforehand who is allowed", () => {
    const unknown = { policy: async () => null, known: () => null };
    expect(
      refusalOf({ origin: "https://c.example" }, { ...ports(), policies: unknown }),
    ).toBeNull();
    expect(refusalOf({ origin: "https://c.example" }, ports({ strict: false }))).toBeNull();
    expect(refusalOf({ origin: "https://c.example" }, ports({ origins: [] }))).toBeNull();
  });

  test("a verified principal may come from everywhere, but not while the server drains", () => {
    expect(refusalOf("exempt", ports())).toBeNull();
    expect(refusalOf("exempt", ports({ origins: [[]] }))).toBeNull();
    expect(refusalOf("exempt", ports({ draining: true }))?.status).toBe(503);
  });

  test("while the server drains everybody is told to come back", () => {
    for (const origin of ["https://a.example", "https://c.example", undefined]) {
      const refusal = refusalOf({ origin }, ports({ draining: true, strict: false }));
      expect(refusal).toMatchObject({ status: 503, error: { code: "UNAVAILABLE" } });
    }
  });
});

describe("pageOrigin", () => {
  const same = { "sec-fetch-site": "same-origin", host: "shop.example" };
  test.each<[IncomingMessage["headers"], string | undefined]>([
    [{ origin: "https://a.example" }, "https://a.example"],
    [{ origin: "null", ...same }, "null"],
    [{ origin: "https://a.example", ...same, referer: "https://b.example/" }, "https://a.example"],
    [{ ...same, referer: "https://shop.example/order?id=1" }, "https://shop.example"],
    [same, "http://shop.example"],
    [{ ...same, referer: "no url" }, "http://shop.example"],
    [{ "sec-fetch-site": "same-origin" }, undefined],
    [
      { "sec-fetch-site": "cross-site", host: "shop.example", referer: "https://shop.example/" },
      undefined,
    ],
    [{ "sec-fetch-site": "none", host: "shop.example" }, undefined],
    [{ host: "shop.example", referer: "https://shop.example/" }, undefined],
    [{}, undefined],
  ])("of %j is %s", (headers, origin) => {
    expect(pageOrigin({ headers } as IncomingMessage)).toBe(origin);
  });
});
