import { describe, expect, test } from "vitest";
import { PolicyUnavailable } from "./agent-policy.js";
import { functionPolicies, type PolicyFunction } from "./function-policies.js";
import { collectedLog } from "./policy-log.fixture.js";

describe("a policies function of the host", () => {
  test("is asked each time, and what it answers is read as a policy", async () => {
    const asked: string[] = [];
    const ask: PolicyFunction = async (agentId) => {
      asked.push(agentId);
      return agentId === "shop" ? { allowedOrigins: ["*"], secret: "s", secrets: ["t"] } : null;
    };
    const policies = functionPolicies(ask, collectedLog().logger);
    const policy = { allowedOrigins: ["*"], secrets: ["s", "t"], publicKeys: [] };
    expect(await policies.policy("shop")).toEqual(policy);
    expect(await policies.policy("shop")).toEqual(policy);
    expect(await policies.policy("desk")).toBeNull();
    expect(asked).toEqual(["shop", "shop", "desk"]);
    expect(policies.known()).toBeNull();
  });

  test.each<[string, () => unknown]>([
    ["throws", () => fail()],
    ["rejects", () => Promise.reject(new Error("hush"))],
    ["rejects with nothing", () => Promise.reject()],
    ["never settles", () => new Promise(() => undefined)],
    ["answers undefined", () => undefined],
    ["answers true", () => true],
    ["answers a list", () => []],
    ["answers no origins", () => ({ secret: "hush" })],
    ["answers an origin that is none", () => ({ allowedOrigins: ["hush"] })],
    ["answers a secret that is none", () => ({ allowedOrigins: [], secret: { hush: 1 } })],
  ])("that %s refuses, and one log line says so without a value", async (_, ask) => {
    const { logger, log } = collectedLog();
    const policies = functionPolicies(ask as PolicyFunction, logger, 20);
    await expect(policies.policy("shop")).rejects.toBeInstanceOf(PolicyUnavailable);
    expect(log).toHaveLength(1);
    expect(log[0]).toContain('"agentId":"shop"');
    expect(log[0]).toContain('"level":40');
    expect(log[0]).not.toContain("hush");
  });
});

function fail(): never {
  throw new TypeError("hush");
}
