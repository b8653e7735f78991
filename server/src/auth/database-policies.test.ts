import { describe, expect, test } from "vitest";
import { PolicyUnavailable } from "./agent-policy.js";
import { databasePolicies, type PolicyRow } from "./database-policies.js";
import { collectedLog } from "./policy-log.fixture.js";

const row = (over: Partial<PolicyRow> = {}): PolicyRow => ({
  organizationId: "acme",
  allowedOrigins: '["https://a.example"]',
  secrets: '["hush"]',
  publicKeys: "[]",
  ...over,
});

describe("policies from the database", () => {
  test("are what the row says", async () => {
    const { logger } = collectedLog();
    const policies = databasePolicies(async (id) => (id === "shop" ? row() : null), logger);
    expect(await policies.policy("shop")).toEqual({
      allowedOrigins: ["https://a.example"],
      secrets: ["hush"],
      publicKeys: [],
      organizationId: "acme",
    });
    expect(await policies.policy("desk")).toBeNull();
    expect(policies.known()).toBeNull();
  });

  test("are none when the row gives none", async () => {
    const { logger, log } = collectedLog();
    const policies = databasePolicies(async () => row({ allowedOrigins: null }), logger);
    expect(await policies.policy("shop")).toBeNull();
    expect(log).toEqual([]);
  });

  test("are a fault when the database has one", async () => {
    const fault = new Error("the disk is full");
    const policies = databasePolicies(() => Promise.reject(fault), collectedLog().logger);
    await expect(policies.policy("shop")).rejects.toBe(fault);
  });

  test.each<[string, Partial<PolicyRow>]>([
    ["origins that are no JSON", { allowedOrigins: "hush" }],
    ["origins that are null", { allowedOrigins: "null" }],
    ["one origin as text", { allowedOrigins: '"*"' }],
    ["an origin that is none", { allowedOrigins: '["hush"]' }],
    ["secrets that are no JSON", { secrets: "[hush" }],
    ["secrets that are null", { secrets: "null" }],
    ["secrets that are no list", { secrets: '{"hush":1}' }],
    ["an empty secret", { secrets: '[""]' }],
    ["public keys that are no JSON", { publicKeys: "" }],
    ["public keys that are none", { publicKeys: '[{"kid":"hush"}]' }],
    ["no organization", { organizationId: "" }],
  ])("refuse with %s, and a log line names the place and no value", async (_, over) => {
    const { logger, log } = collectedLog();
    const policies = databasePolicies(async () => row(over), logger);
    await expect(policies.policy("shop")).rejects.toBeInstanceOf(PolicyUnavailable);
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(
      /"agentId":"shop","problems":\["(?:allowedOrigins|secrets|publicKeys|org)/,
    );
    expect(log[0]).not.toContain("hush");
  });
});
