import { defineTool, ToolError } from "@smooth-agent/server";
import { z } from "zod";
import { formatCents } from "../money.js";
import { orderFacts } from "./order-facts.js";
import { ShopRefusal, type ShopClient } from "./shop-client.js";

/** Finds the visitor's orders. It only reads, so nobody is asked. */
export function lookupOrder(shop: ShopClient) {
  return defineTool({
    name: "lookup_order",
    title: "Look up orders",
    description:
      "Finds the logged-in customer's orders: one by its number, or all of them, newest first, when no " +
      "number is given. Amounts named ...Cents are US cents.",
    parameters: z.object({
      orderId: orderNumber.optional().describe("The order's number without '#', e.g. 1234."),
    }),
    authLevel: "end_user",
    idempotent: true,
    timeoutMs: 10_000,
    async execute({ orderId }, { visitor, signal }) {
      const customerId = verified(visitor);
      return answering(async () => {
        const orders =
          orderId === undefined
            ? await shop.orders(customerId, signal)
            : [await shop.order(customerId, orderId, signal)];
        return { orders: orders.map(orderFacts) };
      });
    },
  });
}

/**
 * Gives money back, after the visitor agreed to the exact amount. They may correct it before, and may
 * have the same order refunded up to that amount without being asked again.
 */
export function issueRefund(shop: ShopClient) {
  return defineTool({
    name: "issue_refund",
    title: "Issue a refund",
    description:
      "Refunds part or all of what the customer paid for an order. The customer is asked to approve " +
      "first, so call it as soon as order and amount are clear; do not ask for a confirmation in words.",
    parameters: z.object({
      orderId: orderNumber.describe("The order's number without '#', e.g. 1234."),
      amount: z
        .number()
        .min(0.01)
        .max(10_000)
        .multipleOf(0.01)
        .describe("How much, in US dollars with cents: 20.5 is $20.50."),
      reason: z.string().max(200).optional().describe("Why, in a few words of yours."),
    }),
    authLevel: "end_user",
    confirm: ({ orderId, amount, reason }) => ({
      title: "Refund this order",
      summary: `Refund ${formatCents(centsOf(amount))} on order #${orderId}`,
      fields: [
        { label: "Order", value: `#${orderId}` },
        { label: "Amount", value: formatCents(centsOf(amount)) },
      ],
      ...(reason !== undefined && { note: reason }),
    }),
    editable: ["amount"],
    remember: "conversation",
    covers: ({ orderId, amount }, approved) =>
      orderId === approved.orderId && amount <= approved.amount,
    idempotent: true,
    timeoutMs: 15_000,
    async execute({ orderId, amount, reason }, { visitor, idempotencyKey, signal }) {
      const customerId = verified(visitor);
      return answering(async () => {
        const refund = { amountCents: centsOf(amount), reason };
        const options = { idempotencyKey, signal };
        const change = await shop.refund(customerId, orderId, refund, options);
        const order = orderFacts(change.order);
        return { status: "refunded", refunded: formatCents(change.amountCents), order };
      });
    },
  });
}

/** Calls off an order that has not left the workshop, after the visitor agreed by two steps. */
export function cancelOrder(shop: ShopClient) {
  return defineTool({
    name: "cancel_order",
    title: "Cancel an order",
    description:
      "Cancels an order that has not shipped yet and refunds what was paid for it. The customer is " +
      "asked to approve first; do not ask for a confirmation in words.",
    parameters: z.object({
      orderId: orderNumber.describe("The order's number without '#', e.g. 1043."),
    }),
    authLevel: "end_user",
    risk: "high",
    confirm: ({ orderId }) => ({
      title: "Cancel this order",
      summary: `Cancel order #${orderId} and refund what was paid for it`,
      fields: [
        { label: "Order", value: `#${orderId}` },
        { label: "Refund", value: "Everything not refunded yet" },
      ],
    }),
    idempotent: true,
    timeoutMs: 15_000,
    async execute({ orderId }, { visitor, idempotencyKey, signal }) {
      const customerId = verified(visitor);
      return answering(async () => {
        const change = await shop.cancel(customerId, orderId, { idempotencyKey, signal });
        const order = orderFacts(change.order);
        return { status: "cancelled", refunded: formatCents(change.amountCents), order };
      });
    },
  });
}

/** A sum of dollars as the shop counts it. */
function centsOf(dollars: number): number {
  return Math.round(dollars * 100);
}

const orderNumber = z.string().regex(/^\d{1,12}$/);

/** Refuses everyone whose identity the shop did not vouch for. */
function verified(visitor: { userId: string } | null): string {
  if (visitor !== null) return visitor.userId;
  throw new ToolError("Nobody is logged in, so no orders can be seen or changed. Log in first.");
}

/** Tells the model what the shop refused; every other failure stays ours. */
async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ShopRefusal) throw new ToolError(error.message);
    throw error;
  }
}
