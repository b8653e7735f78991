import { formatCents } from "../money.js";
import { refundableCents, type Order, type OrderStatus } from "./order.js";

/** One order as the page shows it, first in the markup and then with every live update. */
export interface OrderView {
  id: string;
  status: OrderStatus;
  statusLabel: string;
  /** How far along it is: 0 ordered, 1 in the workshop, 2 on its way, 3 delivered. */
  step: number;
  when: string;
  note: string;
  total: string;
  /** Empty while nothing is refunded. */
  refund: string;
}

export function viewOrder(order: Order): OrderView {
  return {
    id: order.id,
    status: order.status,
    statusLabel: labels[order.status],
    step: steps[order.status],
    when: when(order),
    note: order.note,
    total: formatCents(order.totalCents),
    refund: refundLine(order),
  };
}

/** All orders in a sentence. */
export function summarise(orders: Order[]): string {
  const waiting = orders.filter((o) => o.status === "processing" || o.status === "shipped").length;
  const all = `${inWords(orders.length)} orders`;
  if (waiting === 0) return `${all}, and nothing left to wait for.`;
  const still = waiting === 1 ? "one of them is" : `${inWords(waiting).toLowerCase()} of them are`;
  return `${all}, and ${still} still on the way to you.`;
}

/** What stands there for somebody who is not logged in. */
export const guestSummary =
  "You are not logged in. Clay can find your order by a code that is sent to your mail.";

export const stepNames = ["Ordered", "In the workshop", "On its way", "Delivered"] as const;

const labels: Record<OrderStatus, string> = {
  processing: "In the workshop",
  shipped: "On its way",
  delivered: "Delivered",
  cancelled: "Cancelled",
};

const steps: Record<OrderStatus, number> = {
  processing: 1,
  shipped: 2,
  delivered: 3,
  cancelled: 0,
};

function inWords(count: number): string {
  return ["No", "One", "Two", "Three", "Four", "Five", "Six"][count] ?? String(count);
}

function when(order: Order): string {
  const day = dayMonth.format(new Date(order.arrivesOn));
  if (order.status === "cancelled") return "Will not be sent";
  if (order.status === "delivered") return `Arrived ${day}`;
  return order.status === "shipped" ? `Arrives ${day}` : `Leaves us by ${day}`;
}

function refundLine(order: Order): string {
  if (order.refundedCents === 0) return "";
  return refundableCents(order) === 0
    ? `Refunded in full, ${formatCents(order.refundedCents)}`
    : `${formatCents(order.refundedCents)} refunded`;
}

const dayMonth = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  timeZone: "UTC",
});
