import { describe, expect, test } from "vitest";
import { readConfig } from "./config.js";
import { readOptions } from "./options.js";
import { ConfigurationError } from "./problems.js";

const whole = {
  gatewayOf: async () => ({ apiKey: "k", baseURL: "https://gateway.example/v1" }),
  prices: { "gpt-4.1-mini": { input: 0.4, output: 1.6 }, free: { input: 0, output: 0 } },
  budgets: {
    conversationUsd: 0.5,
    visitorUsd: 1,
    visitorDays: 1,
    organizationUsd: 100,
    organizationDays: 30,
  },
  organizations: { acme: { persona: "Formal.", budgetUsd: 0 } },
  trustProxy: "loopback, 10.0.0.0/8, fd00::/8, 192.0.2.1",
};

function problemsOf(config: unknown): string {
  try {
    readConfig(config);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.join("\n");
    throw error;
  }
  return "";
}

describe("what models cost and may cost", () => {
  test("is taken as it is, from the module and from the options", () => {
    expect(readConfig(whole)).toEqual(whole);
    expect(readOptions(whole)).toEqual(whole);
    for (const trustProxy of [true, false, 0, 2, "uniquelocal", ["::1", "linklocal"]]) {
      expect(problemsOf({ trustProxy })).toBe("");
    }
  });

  test.each<[string, object]>([
    ["gatewayOf must be a function", { gatewayOf: { acme: "k" } }],
    ["prices.m.input must not be negative", { prices: { m: { input: -1, output: 1 } } }],
    ["prices.m.output must be a number", { prices: { m: { input: 1 } } }],
    ["prices.m.input must be a number", { prices: { m: { input: "1", output: 1 } } }],
    ["prices.m.input must be a number", { prices: { m: { input: Infinity, output: 1 } } }],
    [
      "prices.m.cached is not a known setting",
      { prices: { m: { input: 1, output: 1, cached: 1 } } },
    ],
    ["budgets.conversationUsd must not be negative", { budgets: { conversationUsd: -0.01 } }],
    ["budgets.visitorUsd must be a number", { budgets: { visitorUsd: NaN } }],
    ["budgets.visitorDays must be more than 0", { budgets: { visitorDays: 0 } }],
    ["budgets.organizationDays must be at most 3650", { budgets: { organizationDays: 1e9 } }],
    ["budgets.monthlyUsd is not a known setting", { budgets: { monthlyUsd: 1 } }],
    [
      "organizations.acme.budgetUsd must not be negative",
      { organizations: { acme: { budgetUsd: -1 } } },
    ],
    [
      "organizations.acme.budget is not a known setting",
      { organizations: { acme: { budget: 1 } } },
    ],
    ["trustProxy must not be negative", { trustProxy: -1 }],
    ["trustProxy must be", { trustProxy: "my-proxy" }],
    ["trustProxy must be", { trustProxy: "10.0.0.0/33" }],
    ["trustProxy must be", { trustProxy: "10.0.0.0/0" }],
    ["trustProxy must be", { trustProxy: "10.0.0.0/8/8" }],
    ["trustProxy.1 must be", { trustProxy: ["10.0.0.1", ""] }],
    ["limits.breakerFaults must not be negative", { limits: { breakerFaults: -1 } }],
  ])("%s", (problem, config) => {
    expect(problemsOf(config)).toContain(problem);
    expect(() => readOptions(config)).toThrow(ConfigurationError);
  });
});
