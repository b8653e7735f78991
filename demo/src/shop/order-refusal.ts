/** Why the shop will not change an order. */
export type RefusalCode =
  | "order_not_found"
  | "invalid_amount"
  | "refund_exceeds_paid"
  | "already_shipped"
  | "already_delivered"
  | "already_cancelled"
  | "key_reused";

/** A refusal the shop means: its message is a whole sentence that a customer may read. */
export class OrderRefusal extends Error {
  override readonly name = "OrderRefusal";

  constructor(
    readonly code: RefusalCode,
    message: string,
  ) {
    super(message);
  }
}
