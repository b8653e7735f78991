import { ToolError } from "@smooth-agent/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { startShop, type Shop } from "../shop/shop.js";
import { cancelOrder, issueRefund, lookupOrder } from "./order-tools.js";
import { createShopClient, type ShopClient } from "./shop-client.js";

let shop: Shop;
let client: ShopClient;

beforeEach(async () => {
  shop = await startShop({
    port: 0,
    databaseFile: ":memory:",
    secret: "a secret",
    apiKey: "a key",
    agent: { url: "http://127.0.0.1:8787", agentId: "shop-assistant", scripted: true },
  });
  client = createShopClient(shop.apiUrl, "a key");
});
afterEach(() => shop.close());

describe("lookup_order", () => {
  it("finds one order or all of them, and only the visitor's own", async () => {
    const tool = lookupOrder(client);
    expect(await tool.execute({ orderId: "1042" }, context("maya"))).toMatchObject({
      orders: [{ orderId: "1042", total: "$60.00", refundableCents: 6000, canBeCancelled: false }],
    });
    expect(await tool.execute({}, context("tom"))).toMatchObject({
      orders: [{ orderId: "1229" }, { orderId: "1101" }],
    });
    await expect(tool.execute({ orderId: "1042" }, context("tom"))).rejects.toThrow(
      new ToolError("There is no order #1042 of yours."),
    );
  });

  it("refuses a visitor whom nobody vouched for", async () => {
    await expect(lookupOrder(client).execute({}, context(null))).rejects.toThrow(ToolError);
  });

  it("keeps a failure of the shop to itself", async () => {
    const stranger = createShopClient(shop.apiUrl, "a wrong key");
    const failure = lookupOrder(stranger).execute({}, context("maya"));
    await expect(failure).rejects.toThrow("The shop answered 401.");
    await expect(failure).rejects.not.toBeInstanceOf(ToolError);
  });
});

describe("issue_refund", () => {
  it("asks with the order and the amount it will refund", () => {
    const { confirm } = issueRefund(client);
    expect(
      typeof confirm === "function" && confirm({ orderId: "1234", amount: 20 }, context("maya")),
    ).toEqual({
      title: "Refund this order",
      summary: "Refund $20.00 on order #1234",
      fields: [
        { label: "Order", value: "#1234" },
        { label: "Amount", value: "$20.00" },
      ],
    });
  });

  it("takes every sum of whole cents, and nothing else", () => {
    const { parameters } = issueRefund(client);
    if (!(parameters instanceof z.ZodType)) throw new Error("no schema");
    const takes = (amount: unknown) => parameters.safeParse({ orderId: "1", amount }).success;
    for (let cents = 1; cents <= 100_000; cents += 1) {
      if (!takes(cents / 100)) throw new Error(`${cents} cents are refused`);
    }
    for (const amount of [0, -1, 0.001, 20.005, 10_000.01, "20", NaN, Infinity, null]) {
      expect({ amount, takes: takes(amount) }).toEqual({ amount, takes: false });
    }
  });

  it("is covered by an approval of the same order up to its amount", () => {
    const covered = (args: object) =>
      issueRefund(client).covers?.(
        { orderId: "1234", amount: 20, ...args },
        { orderId: "1234", amount: 20 },
      );
    expect([{}, { amount: 5 }, { amount: 20.01 }, { orderId: "1042" }].map(covered)).toEqual([
      ...[true, true, false, false],
    ]);
  });

  it("refunds once for one idempotency key", async () => {
    const tool = issueRefund(client);
    const args = { orderId: "1234", amount: 20 };
    const first = await tool.execute(args, context("maya", "key-1"));
    expect(first).toMatchObject({
      status: "refunded",
      refunded: "$20.00",
      order: { refundedCents: 2000 },
    });
    expect(await tool.execute(args, context("maya", "key-1"))).toEqual(first);
  });

  it("tells the model why the shop refused", async () => {
    const args = { orderId: "1234", amount: 900 };
    await expect(issueRefund(client).execute(args, context("maya"))).rejects.toThrow(
      new ToolError("$38.50 was paid for order #1234, so $900.00 cannot be refunded."),
    );
  });
});

describe("cancel_order", () => {
  it("cancels, refunds, and refuses what has shipped", async () => {
    const tool = cancelOrder(client);
    expect(await tool.execute({ orderId: "1043" }, context("maya"))).toMatchObject({
      status: "cancelled",
      refunded: "$89.00",
      order: { status: "cancelled" },
    });
    await expect(tool.execute({ orderId: "1187" }, context("maya", "key-1"))).rejects.toThrow(
      new ToolError("Order #1187 has already shipped, so it cannot be cancelled."),
    );
  });
});

function context(userId: string | null, idempotencyKey = "key-0") {
  return {
    signal: new AbortController().signal,
    conversation: { id: "c", agentId: "shop-assistant", organizationId: "o" },
    visitor: userId === null ? null : { userId },
    agent: { id: "shop-assistant", name: "Mira" },
    organization: { id: "o" },
    config: {},
    idempotencyKey,
  };
}
