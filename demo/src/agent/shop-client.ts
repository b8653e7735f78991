import type { Customer, Order } from "../shop/order.js";
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
  /** The customers whose address this is: one, or none. */
  customersAt(email: string, signal: AbortSignal): Promise<Customer[]>;
  mail(mail: { to: string; subject: string; text: string }, signal: AbortSignal): Promise<void>;
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
  const ask = async <T>(path: string[], init: ShopRequest, query = ""): Promise<T> => {
    const url = `${apiUrl}/${path.map(encodeURIComponent).join("/")}${query}`;
    const headers = { ...init.headers, authorization: `Bearer ${apiKey}` };
    const response = await fetch(url, { ...init, headers });
    if (response.ok) return (await response.json()) as T;
    if (refusals.has(response.status)) {
      const body = (await response.json()) as { error: { message: string } };
      throw new ShopRefusal(body.error.message);
    }
    throw new Error(`The shop answered ${response.status}.`);
  };
  const post = <T>(path: string[], body: unknown, { headers, signal }: ShopRequest) =>
    ask<T>(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal,
    });
  const ofOrder = (customerId: string, orderId: string, ...rest: string[]) => [
    ...["customers", customerId, "orders", orderId, ...rest],
  ];
  const write = <T>(path: string[], body: unknown, { idempotencyKey, signal }: WriteOptions) =>
    post<T>(path, body, { headers: { "idempotency-key": idempotencyKey }, signal });

  return {
    orders: async (customerId, signal) =>
      (await ask<{ orders: Order[] }>(["customers", customerId, "orders"], { signal })).orders,
    order: async (customerId, orderId, signal) =>
      (await ask<{ order: Order }>(ofOrder(customerId, orderId), { signal })).order,
    refund: (customerId, orderId, refund, options) =>
      write(ofOrder(customerId, orderId, "refunds"), refund, options),
    cancel: (customerId, orderId, options) =>
      write(ofOrder(customerId, orderId, "cancellation"), {}, options),
    async customersAt(email, signal) {
      const query = `?${String(new URLSearchParams({ email }))}`;
      return (await ask<{ customers: Customer[] }>(["customers"], { signal }, query)).customers;
    },
    async mail(mail, signal) {
      await post(["mails"], mail, { signal });
    },
  };
}

interface ShopRequest {
  signal: AbortSignal;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

const refusals: ReadonlySet<number> = new Set([400, 404, 409]);
