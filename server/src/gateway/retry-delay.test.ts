import { describe, expect, test } from "vitest";
import { GatewayError } from "./gateway.js";
import { retryAfterMs, retryDelay } from "./retry-delay.js";

const limits = { backoffMs: 500, retryAfterMaxMs: 10_000 };
const busy = (after?: number) => new GatewayError("rate_limited", "busy", { retryAfterMs: after });

describe("the wait before the next attempt", () => {
  test.each([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
    [10, 8_000],
  ])("after %i attempts is anything below %i ms", (attempts, bound) => {
    expect(retryDelay(busy(), attempts, limits, () => 0)).toBe(0);
    expect(retryDelay(busy(), attempts, limits, () => 0.999)).toBeCloseTo(bound * 0.999);
  });

  test.each([
    [0, 0],
    [10_000, 10_000],
    [10_001, undefined],
  ])("is what the gateway asks for, up to the limit (%i)", (asked, delay) => {
    expect(retryDelay(busy(asked), 1, limits)).toBe(delay);
  });

  test.each(["unauthenticated", "rejected", "aborted"] as const)("%s is final", (fault) => {
    expect(retryDelay(new GatewayError(fault, "no"), 1, limits)).toBeUndefined();
  });
});

describe("Retry-After", () => {
  const now = Date.parse("2030-01-01T00:00:00Z");
  test.each([
    ["3", 3_000],
    ["0.5", 500],
    ["Tue, 01 Jan 2030 00:00:07 GMT", 7_000],
    ["Tue, 01 Jan 2029 00:00:07 GMT", 0],
    ["soon", undefined],
    ["", undefined],
  ])("%s", (value, ms) => {
    expect(retryAfterMs(new Headers({ "retry-after": value }), () => now)).toBe(ms);
  });

  test("absent", () => {
    expect(retryAfterMs(new Headers())).toBeUndefined();
  });
});
