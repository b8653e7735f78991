import { formatCents } from "../money.js";
import { isCancellable, refundableCents, type Order } from "../shop/order.js";

/** What the model is told about an order: money both in cents, to count with, and as text, to say. */
export interface OrderFacts {
  orderId: string;
  status: Order["status"];
  placedOn: string;
  arrivesOn: string;
  note: string;
  items: { name: string; quantity: number; unitPriceCents: number; unitPrice: string }[];
  paidWith: string;
  totalCents: number;
  total: string;
  refundedCents: number;
  refundableCents: number;
  refundable: string;
  canBeCancelled: boolean;
}

export function orderFacts(order: Order): OrderFacts {
  const refundable = refundableCents(order);
  return {
    orderId: order.id,
    status: order.status,
    placedOn: order.placedAt.slice(0, 10),
    arrivesOn: order.arrivesOn,
    note: order.note,
    items: order.items.map(({ name, quantity, unitPriceCents }) => ({
      name,
      quantity,
      unitPriceCents,
      unitPrice: formatCents(unitPriceCents),
    })),
    paidWith: order.paidWith,
    totalCents: order.totalCents,
    total: formatCents(order.totalCents),
    refundedCents: order.refundedCents,
    refundableCents: refundable,
    refundable: formatCents(refundable),
    canBeCancelled: isCancellable(order),
  };
}
