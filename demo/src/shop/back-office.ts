import { createHash, timingSafeEqual } from "node:crypto";
import express, { type NextFunction, type Request, type Response, type Router } from "express";
import type { Mailbox } from "./mailbox.js";
import { OrderRefusal, type RefusalCode } from "./order-refusal.js";
import type { OrderStore } from "./order-store.js";
import { customers } from "./seed.js";

/**
 * The shop's internal API, for its own services only: every request carries the shop's API key as a
 * bearer token and names the customer it acts for. Writes honour an `Idempotency-Key` header.
 */
export function backOffice(orders: OrderStore, mailbox: Mailbox, apiKey: string): Router {
  const router = express.Router();
  router.use((request, response, next) => {
    if (sameSecret(request.get("authorization") ?? "", `Bearer ${apiKey}`)) return next();
    response
      .status(401)
      .json(failure("unauthenticated", "The shop's API key is missing or wrong."));
  });
  router.use(express.json({ limit: "16kb" }));

  router.get("/customers", (request, response) => {
    const { email } = request.query;
    const found = customers.filter((one) => sameAddress(one.email, email));
    response.json({ customers: found });
  });
  router.post("/mails", (request, response) => {
    const { to, subject, text } = (request.body ?? {}) as Record<string, unknown>;
    mailbox.send({ to: String(to), subject: String(subject), text: String(text) });
    response.status(202).json({});
  });
  router.get("/customers/:customerId/orders", (request, response) => {
    response.json({ orders: orders.list(request.params.customerId) });
  });
  router.get("/customers/:customerId/orders/:orderId", (request, response) => {
    const { customerId, orderId } = request.params;
    response.json({ order: orders.find(customerId, orderId) });
  });
  router.post("/customers/:customerId/orders/:orderId/refunds", (request, response) => {
    const { amountCents, reason } = (request.body ?? {}) as Record<string, unknown>;
    const change = orders.refund({
      ...request.params,
      amountCents: Number(amountCents),
      reason: typeof reason === "string" ? reason.slice(0, 500) : undefined,
      idempotencyKey: request.get("idempotency-key"),
    });
    response.status(201).json(change);
  });
  router.post("/customers/:customerId/orders/:orderId/cancellation", (request, response) => {
    const change = orders.cancel({
      ...request.params,
      idempotencyKey: request.get("idempotency-key"),
    });
    response.status(201).json(change);
  });

  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (!(error instanceof OrderRefusal)) return next(error);
    response.status(statusOf[error.code]).json(failure(error.code, error.message));
  });
  return router;
}

const statusOf: Record<RefusalCode, number> = {
  order_not_found: 404,
  invalid_amount: 400,
  refund_exceeds_paid: 409,
  already_shipped: 409,
  already_delivered: 409,
  already_cancelled: 409,
  key_reused: 422,
};

function sameAddress(known: string, asked: unknown): boolean {
  return typeof asked === "string" && known.toLowerCase() === asked.trim().toLowerCase();
}

function failure(code: string, message: string) {
  return { error: { code, message } };
}

function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
