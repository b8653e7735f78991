import type { OrderFacts } from "../agent/order-facts.js";
import { formatCents } from "../money.js";
import type { Wish } from "./wish.js";

/** Where orders are: one in a sentence, several as a list, all of them as a table when asked for. */
export function describeOrders(wish: Wish, orders: OrderFacts[]): string {
  const [only] = orders;
  if (orders.length === 1 && only) return describeOne(only);
  if (/\b(?:all|list|show|history|overview)\b/.test(wish.text)) return table(orders);
  const open = orders.filter(
    (order) => order.status === "processing" || order.status === "shipped",
  );
  const delivered = orders.filter((order) => order.status === "delivered");
  const parts = [];
  if (open.length > 0) {
    parts.push(`${open.length === 1 ? "This one is" : "These are"} not with you yet:`);
    parts.push(open.map((order) => `- ${describeShort(order)}`).join("\n"));
  }
  if (delivered.length > 0) {
    parts.push(
      `Already delivered: ${delivered.map((o) => `#${o.orderId} (${itemNames(o)})`).join(", ")}.`,
    );
  }
  return parts.length > 0 ? parts.join("\n\n") : "All of your orders are cancelled.";
}

/** What has been given back, and when it arrives. */
export function refundStatus(orders: OrderFacts[]): string {
  const refunded = orders.filter((order) => order.refundedCents > 0);
  if (refunded.length === 0) {
    const [only] = orders;
    return orders.length === 1 && only
      ? `Nothing has been refunded on order #${only.orderId} so far.`
      : "Nothing has been refunded on your orders so far.";
  }
  const lines = refunded.map(
    (order) =>
      `- Order #${order.orderId}: ${formatCents(order.refundedCents)} to your ${order.paidWith}`,
  );
  return `Refunded so far:\n\n${lines.join("\n")}\n\nA refund reaches you within 3 to 5 business days.`;
}

export function askWhich(orders: OrderFacts[]): string {
  const lines = orders.map((o) => `- **#${o.orderId}**: ${itemNames(o)}, ${o.total}`);
  return `It could be one of these:\n\n${lines.join("\n")}\n\nWhich order is it about?`;
}

export function itemNames(order: OrderFacts): string {
  return order.items
    .map(({ name, quantity }) => (quantity > 1 ? `${quantity}\u00A0×\u00A0${name}` : name))
    .join("; ");
}

/** "2026-11-25" as "25 November". */
export function day(date: string): string {
  return dayMonth.format(new Date(date));
}

function describeOne(order: OrderFacts): string {
  const refunded =
    order.refundedCents > 0 ? ` ${formatCents(order.refundedCents)} of it is refunded.` : "";
  return `${describeShort(order)} ${order.note} You paid ${order.total} with ${order.paidWith}.${refunded}`;
}

function describeShort(order: OrderFacts): string {
  return `**#${order.orderId}** (${itemNames(order)}) ${fate(order)}.`;
}

function fate({ status, arrivesOn }: OrderFacts): string {
  if (status === "cancelled") return "is cancelled";
  if (status === "delivered") return `was delivered on ${day(arrivesOn)}`;
  if (status === "shipped") return `is on its way and arrives on ${day(arrivesOn)}`;
  return `is still in our workshop and leaves it by ${day(arrivesOn)}`;
}

function table(orders: OrderFacts[]): string {
  const rows = orders.map((o) => `| #${o.orderId} | ${itemNames(o)} | ${o.status} | ${o.total} |`);
  return `| Order | Items | Status | Total |\n|---|---|---|---:|\n${rows.join("\n")}`;
}

const dayMonth = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  timeZone: "UTC",
});
