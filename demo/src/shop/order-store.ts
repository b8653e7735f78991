import Database from "better-sqlite3";
import { formatCents } from "../money.js";
import { isCancellable, refundableCents, type Order, type OrderItem } from "./order.js";
import { OrderRefusal } from "./order-refusal.js";
import { orderSchema } from "./order-schema.js";
import { seedOrders } from "./seed.js";

/** What a change did: the order after it, and how much went back to the customer. */
export interface OrderChange {
  order: Order;
  amountCents: number;
}

/** The shop's orders; every write is one transaction, and refused with an `OrderRefusal`. */
export interface OrderStore {
  /** A customer's orders, newest first. */
  list(customerId: string): Order[];
  /** Throws `order_not_found` for an unknown order and for somebody else's alike. */
  find(customerId: string, orderId: string): Order;
  /** Refunds part or all of what was paid; the same key with the same request refunds once. */
  refund(request: RefundRequest): OrderChange;
  /** Cancels an order that has not left the workshop and refunds what was paid; same key, once. */
  cancel(request: CancelRequest): OrderChange;
  /** Puts every order back as a fresh shop has it. */
  reset(): void;
  close(): void;
}

export interface CancelRequest {
  customerId: string;
  orderId: string;
  idempotencyKey?: string | undefined;
}

export interface RefundRequest extends CancelRequest {
  amountCents: number;
  reason?: string | undefined;
}

/** Opens the order database at a file path (`:memory:` for none), and fills it when it is new. */
export function openOrderStore(file: string, onChange: () => void = () => {}): OrderStore {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma("foreign_keys = ON");
  db.exec(orderSchema);
  const empty = db.prepare("SELECT 1 FROM orders LIMIT 1").get() === undefined;
  if (empty) db.transaction(() => fill(db))();

  const find = (customerId: string, orderId: string): Order => {
    const row = db
      .prepare<[string, string], OrderRow>(`${selectOrder} AND o.id = ?`)
      .get(customerId, orderId);
    if (!row) throw new OrderRefusal("order_not_found", `There is no order #${orderId} of yours.`);
    return readOrder(db, row);
  };

  const change = (kind: string, request: RefundRequest, apply: (order: Order) => number) =>
    db
      .transaction((): OrderChange => {
        const { customerId, orderId, amountCents, reason, idempotencyKey } = request;
        const fingerprint = JSON.stringify([kind, customerId, orderId, amountCents, reason]);
        if (idempotencyKey !== undefined) {
          const earlier = earlierOutcome(db, idempotencyKey, fingerprint);
          if (earlier) return earlier;
        }
        const refunded = apply(find(customerId, orderId));
        if (refunded > 0) {
          db.prepare(
            "INSERT INTO refunds (order_id, amount_cents, reason, created_at) VALUES (?, ?, ?, ?)",
          ).run(orderId, refunded, reason ?? null, new Date().toISOString());
        }
        const outcome = { order: find(customerId, orderId), amountCents: refunded };
        if (idempotencyKey !== undefined) {
          db.prepare("INSERT INTO idempotency_keys VALUES (?, ?, ?)").run(
            idempotencyKey,
            fingerprint,
            JSON.stringify(outcome),
          );
        }
        return outcome;
      })
      .immediate();

  return {
    list: (customerId) =>
      db
        .prepare<[string], OrderRow>(`${selectOrder} ORDER BY o.placed_at DESC`)
        .all(customerId)
        .map((row) => readOrder(db, row)),
    find,
    refund(request) {
      const outcome = change("refund", request, (order) => {
        checkRefund(order, request.amountCents);
        return request.amountCents;
      });
      onChange();
      return outcome;
    },
    cancel(request) {
      const outcome = change("cancel", { ...request, amountCents: 0 }, (order) => {
        checkCancellation(order);
        db.prepare("UPDATE orders SET status = 'cancelled', note = ? WHERE id = ?").run(
          "Cancelled at your request.",
          order.id,
        );
        return refundableCents(order);
      });
      onChange();
      return outcome;
    },
    reset() {
      db.transaction(() => {
        db.exec("DELETE FROM orders; DELETE FROM idempotency_keys");
        fill(db);
      }).immediate();
      onChange();
    },
    close: () => void db.close(),
  };
}

interface OrderRow extends Omit<Order, "items"> {}

const selectOrder = `
  SELECT o.id, o.customer_id AS customerId, o.status, o.placed_at AS placedAt,
    o.arrives_on AS arrivesOn, o.note, o.paid_with AS paidWith,
    (SELECT SUM(quantity * unit_price_cents) FROM order_items WHERE order_id = o.id) AS totalCents,
    (SELECT COALESCE(SUM(amount_cents), 0) FROM refunds WHERE order_id = o.id) AS refundedCents
  FROM orders o WHERE o.customer_id = ?`;

function readOrder(db: Database.Database, row: OrderRow): Order {
  const items = db
    .prepare<[string], OrderItem>(
      `SELECT name, art, quantity, unit_price_cents AS unitPriceCents
       FROM order_items WHERE order_id = ? ORDER BY position`,
    )
    .all(row.id);
  return { ...row, items };
}

function earlierOutcome(
  db: Database.Database,
  key: string,
  fingerprint: string,
): OrderChange | undefined {
  const row = db
    .prepare<[string], { request: string; outcome: string }>(
      "SELECT request, outcome FROM idempotency_keys WHERE key = ?",
    )
    .get(key);
  if (!row) return undefined;
  if (row.request !== fingerprint) {
    throw new OrderRefusal("key_reused", "This key was already used for another request.");
  }
  return JSON.parse(row.outcome) as OrderChange;
}

function checkRefund(order: Order, amountCents: number): void {
  if (!Number.isSafeInteger(amountCents) || amountCents <= 0) {
    throw new OrderRefusal(
      "invalid_amount",
      "A refund must be a whole number of cents above zero.",
    );
  }
  const left = refundableCents(order);
  if (amountCents <= left) return;
  const paid = `${formatCents(order.totalCents)} was paid for order #${order.id}`;
  throw new OrderRefusal(
    "refund_exceeds_paid",
    order.refundedCents === 0
      ? `${paid}, so ${formatCents(amountCents)} cannot be refunded.`
      : `${paid} and ${formatCents(order.refundedCents)} of it is already refunded, so ` +
          (left === 0
            ? "nothing is left to refund."
            : `at most ${formatCents(left)} can be refunded.`),
  );
}

function checkCancellation(order: Order): void {
  if (isCancellable(order)) return;
  const name = `Order #${order.id}`;
  if (order.status === "cancelled") {
    throw new OrderRefusal("already_cancelled", `${name} is already cancelled.`);
  }
  throw order.status === "shipped"
    ? new OrderRefusal("already_shipped", `${name} has already shipped, so it cannot be cancelled.`)
    : new OrderRefusal(
        "already_delivered",
        `${name} was already delivered, so it cannot be cancelled.`,
      );
}

function fill(db: Database.Database): void {
  const addOrder = db.prepare(
    `INSERT INTO orders VALUES (@id, @customerId, @status, @placedAt, @arrivesOn, @note, @paidWith)`,
  );
  const addItem = db.prepare(
    `INSERT INTO order_items VALUES (@orderId, @position, @name, @art, @quantity, @unitPriceCents)`,
  );
  for (const { items, ...order } of seedOrders(new Date())) {
    addOrder.run(order);
    items.forEach((item, position) => addItem.run({ ...item, orderId: order.id, position }));
  }
}
