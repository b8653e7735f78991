import { expect, test } from "vitest";
import { configuredPolicies } from "./agent-policy.js";

test("configured policies are found by their exact id, and all of them are known", async () => {
  const shop = { allowedOrigins: ["*"], secrets: [] };
  const policies = configuredPolicies(new Map([["shop", shop]]));
  expect(await policies.policy("shop")).toBe(shop);
  for (const unknown of ["Shop", "shop ", "", "__proto__", "constructor"]) {
    expect(await policies.policy(unknown)).toBeNull();
  }
  expect(policies.known()).toEqual([shop]);
});
