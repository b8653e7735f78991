import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { partsOf } from "./gateway.contract.js";
import type { Gateway, GatewayFinish, GatewayPart } from "./gateway.js";
import { pricedGateway, type Prices } from "./prices.js";

const PRICES: Prices = { m: { input: 0.4, output: 1.6 }, free: { input: 0, output: 0 } };

/** What a step of `model` costs, when its gateway reports this. */
async function costOf(usage: GatewayFinish["usage"], model = "m"): Promise<number | undefined> {
  const finish: GatewayPart = { type: "finish", reason: "stop", toolCalls: [], ...{ usage } };
  const gateway: Gateway = {
    async *stream() {
      yield { type: "text", text: "Hi" };
      yield finish;
    },
  };
  const parts = await partsOf(pricedGateway(gateway, PRICES), { model, messages: [], tools: [] });
  expect(parts).toHaveLength(2);
  const last = parts.at(-1);
  return last?.type === "finish" ? last.usage?.costUsd : NaN;
}

const used = { promptTokens: 1_000_000, completionTokens: 500_000 };

describe("the cost of a step", () => {
  test("is what the gateway says, if it says anything", async () => {
    expect(await costOf({ ...used, costUsd: 0.007 })).toBe(0.007);
  });

  test("is what the table says of the model otherwise", async () => {
    expect(await costOf({ ...used, costUsd: 0 })).toBeCloseTo(1.2, 10);
    expect(await costOf({ ...used, costUsd: 0 }, "free")).toBe(0);
  });

  test.each(["unknown", "M", "__proto__", "constructor", "toString", ""])(
    "is nothing for a model without a price: %j",
    async (model) => {
      expect(await costOf({ ...used, costUsd: 0 }, model)).toBe(0);
    },
  );

  test("is unknown when the gateway reports no usage at all", async () => {
    expect(await costOf(undefined)).toBeUndefined();
  });

  test("is never negative and always a number, whatever a host's gateway says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.double(), fc.double(), fc.double(), async (costUsd, input, output) => {
        const cost = await costOf({ costUsd, promptTokens: input, completionTokens: output });
        expect(cost).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(cost)).toBe(true);
      }),
    );
  });
});
