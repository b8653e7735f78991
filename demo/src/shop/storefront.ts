import { signAuthContext } from "@smooth-agent/server";
import express, { type Request, type Response, type Router } from "express";
import type { Mailbox } from "./mailbox.js";
import { renderMailbox } from "./mailbox-page.js";
import type { Customer } from "./order.js";
import type { OrderEvents } from "./order-events.js";
import type { OrderStore } from "./order-store.js";
import { guestSummary, summarise, viewOrder } from "./order-view.js";
import { renderPage, type AgentEmbed } from "./page.js";
import { customers } from "./seed.js";

export interface StorefrontParts {
  orders: OrderStore;
  events: OrderEvents;
  mailbox: Mailbox;
  agent: AgentEmbed;
  /** Shared with the agent's backend: signs who the visitor is. */
  secret: string;
}

/** What a customer's browser sees: the order page and the few addresses it calls. */
export function storefront(parts: StorefrontParts): Router {
  const { orders, events, mailbox, agent, secret } = parts;
  const router = express.Router();
  const ordersOf = (customer: Customer | undefined) => (customer ? orders.list(customer.id) : []);
  const view = (customer: Customer | undefined) => {
    const own = ordersOf(customer);
    const summary = customer ? summarise(own) : guestSummary;
    return { summary, orders: own.map(viewOrder) };
  };

  router.get("/", (request, response) => {
    const customer = loggedIn(request);
    response.set("content-security-policy", contentSecurityPolicy(agent.url));
    response.type("html").send(renderPage({ customer, orders: ordersOf(customer), agent }));
  });
  router.get("/api/orders", (request, response) => {
    response.set("cache-control", "no-store").json(view(loggedIn(request)));
  });
  router.get("/api/orders/events", (request, response) => {
    const customer = loggedIn(request);
    events.follow(request, response, () => view(customer));
  });
  router.get("/api/auth-context", (request, response) => {
    const customer = loggedIn(request);
    const word = customer ? signAuthContext({ userId: customer.id, secret }) : null;
    response.set("cache-control", "no-store").json(word);
  });
  router.get("/mailbox", (_request, response) => {
    response.set("content-security-policy", contentSecurityPolicy(agent.url));
    response.type("html").send(renderMailbox(mailbox.list()));
  });
  router.post("/log-in", sameOriginOnly, express.urlencoded({ extended: false }), logIn);
  router.post("/reset", sameOriginOnly, (_request, response) => {
    orders.reset();
    response.redirect(303, "/");
  });
  return router;
}

/** The demo's log-in asks no password: it only switches between the shop's two customers and a guest. */
function logIn(request: Request, response: Response): void {
  const wanted = (request.body as { customer?: unknown } | undefined)?.customer;
  const known = [...customers.map(({ id }) => id), guest].find((id) => id === wanted);
  if (known !== undefined) response.cookie(cookieName, known, { httpOnly: true, sameSite: "lax" });
  response.redirect(303, "/");
}

/** Who is logged in: the first customer by default, nobody for a guest. */
function loggedIn(request: Request): Customer | undefined {
  const named = new RegExp(`(?:^|; *)${cookieName}=([a-z]+)`).exec(
    request.get("cookie") ?? "",
  )?.[1];
  if (named === guest) return undefined;
  return customers.find((known) => known.id === named) ?? customers[0];
}

function sameOriginOnly(request: Request, response: Response, next: () => void): void {
  if (request.get("origin") === `http://${request.get("host") ?? ""}`) return next();
  response.status(403).type("text").send("Only the shop's own page may do this.");
}

/** Strict on purpose: the widget has to work on a page that allows only itself and the agent. */
function contentSecurityPolicy(agentUrl: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${agentUrl}`,
    `connect-src 'self' ${agentUrl} ${agentUrl.replace(/^http/, "ws")}`,
    "style-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html 'allow-duplicates'",
  ].join("; ");
}

const cookieName = "kiln_customer";
const guest = "guest";
