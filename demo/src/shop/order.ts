import type { ProductArt } from "./product-art.js";

/** `processing` may be cancelled; `shipped` and `delivered` may only be refunded. */
export type OrderStatus = "processing" | "shipped" | "delivered" | "cancelled";

export interface OrderItem {
  name: string;
  art: ProductArt;
  quantity: number;
  unitPriceCents: number;
}

export interface Order {
  id: string;
  customerId: string;
  status: OrderStatus;
  /** RFC 3339. */
  placedAt: string;
  /** A date (YYYY-MM-DD): when it arrives, or when it did. */
  arrivesOn: string;
  /** One sentence about where the order is, in the shop's own words. */
  note: string;
  paidWith: string;
  items: OrderItem[];
  totalCents: number;
  refundedCents: number;
}

export interface Customer {
  id: string;
  name: string;
  email: string;
}

/** What may still go back to the customer, in cents. */
export function refundableCents(order: Order): number {
  return order.totalCents - order.refundedCents;
}

export function isCancellable(order: Order): boolean {
  return order.status === "processing";
}
