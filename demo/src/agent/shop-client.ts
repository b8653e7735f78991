import type { Order } from "../shop/order.js";
import type { OrderChange } from "../shop/order-store.js";

/** The shop's internal API as the agent's tools use it, always for one customer. */
export interface ShopClient {
  orders(customerId: string, signal: AbortSignal): Promise<Order[]>;
  order(customerId: string, orderId: string, signal: AbortSignal): Promise<Order>;
  refund(
    customerId: string,
    orderId: string,
    refund: { amountCents: number; reason?: string | undefined },
    options: WriteOptions,
  ): Promise<OrderChange>;
  cancel(customerId: string, orderId: string, options: WriteOptions): Promise<OrderChange>;
}

export interface WriteOptions {
  /** The shop does a request with a key it has seen before only once. */
  idempotencyKey: string;
  signal: AbortSignal;
}

/** The shop refused, in a sentence that the customer may read. */
export class ShopRefusal extends Error {
  override readonly name = "ShopRefusal";
}

/** A client of the shop at `apiUrl`; rejects with `ShopRefusal` when the shop says no. */
export function createShopClient(apiUrl: string, apiKey: string): ShopClient {
  const ask = async <T>(path: string[], init: ShopRequest): Promise<T> => {
    const url = `${apiUrl}/customers/${path.map(encodeURIComponent).join("/")}`;
    const headers = { ...init.headers, authorization: `Bearer ${apiKey}` };
    const response = await fetch(url, { ...init, headers });
    if (response.ok) return (await response.json()) as T;
    if (refusals.has(response.status)) {
      const body = (await response.json()) as { error: { message: string } };
      throw new ShopRefusal(body.error.message);
    }
    throw new Error(`The shop answered ${response.status}.`);
  };
  const write = <T>(path: string[], body: unknown, { idempotencyKey, signal }: WriteOptions) =>
    ask<T>(path, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
      body: JSON.stringify(body),
      signal,
    });

  return {
    orders: async (customerId, signal) =>
      (await ask<{ orders: Order[] }>([customerId, "orders"], { signal })).orders,
    order: async (customerId, orderId, signal) =>
      (await ask<{ order: Order }>([customerId, "orders", orderId], { signal })).order,
    refund: (customerId, orderId, refund, options) =>
      write([customerId, "orders", orderId, "refunds"], refund, options),
    cancel: (customerId, orderId, options) =>
      write([customerId, "orders", orderId, "cancellation"], {}, options),
  };
}

interface ShopRequest {
  signal: AbortSignal;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

const refusals: ReadonlySet<number> = new Set([400, 404, 409]);
