import { formatCents } from "../money.js";
import { html, nothing, type Html } from "./html.js";
import type { Customer, Order, OrderItem } from "./order.js";
import { guestSummary, stepNames, summarise, viewOrder } from "./order-view.js";
import { pieceName } from "../piece-name.js";
import { drawProduct } from "./product-art.js";
import { customers } from "./seed.js";

/** The agent as the page embeds it. */
export interface AgentEmbed {
  /** The address of the smooth-agent server. */
  url: string;
  agentId: string;
  /** True when a scripted local model answers, which the page must say. */
  scripted: boolean;
}

interface PageParts {
  /** Absent for a guest. */
  customer: Customer | undefined;
  orders: Order[];
  agent: AgentEmbed;
}

/** The order page as a whole HTML document. */
export function renderPage({ customer, orders, agent }: PageParts): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Your orders · Kiln & Kettle</title>
        <link rel="icon" href="/assets/mark.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/shop.css" />
        <script
          src="${agent.url}/smooth-agent.js"
          data-endpoint="${agent.url}"
          data-agent-id="${agent.agentId}"
          defer
        ></script>
        <script src="/assets/shop.js" defer></script>
      </head>
      <body>
        <p class="notice">${notice(agent)}</p>
        <header class="masthead">
          <a class="wordmark" href="/">
            <img src="/assets/mark.svg" width="36" height="36" alt="" />
            <span>Kiln & Kettle</span>
          </a>
          <p class="tagline">Stoneware, tea and coffee things</p>
          ${account(customer)}
        </header>
        <main>
          <section class="intro">
            ${greeting(customer, orders)}
          </section>
          <div class="columns">
            <section class="orders" aria-label="Orders">${orders.map(orderCard)}</section>
            ${help(orders)}
          </div>
        </main>
        <footer>
          <p>
            Kiln & Kettle is not a real shop. It is the demo of smooth-agent. Its mails are in the
            <a href="/mailbox">mailbox</a>, every state of its chat in the <a href="/gallery">gallery</a>.
          </p>
          <form method="post" action="/reset">
            <button class="plain">Put all orders back as they were</button>
          </form>
        </footer>
      </body>
    </html>`.markup;
}

function notice(agent: AgentEmbed): Html {
  return agent.scripted
    ? html`<strong>Demo.</strong> No <code>OPENAI_API_KEY</code>: the answers come from a scripted
        local model.`
    : html`<strong>Demo.</strong> The answers come from the language model you configured.`;
}

function greeting(customer: Customer | undefined, orders: Order[]): Html {
  if (!customer) {
    return html`<h1>Welcome</h1>
      <p data-summary>${guestSummary}</p>`;
  }
  return html`<h1>Your orders, ${firstName(customer)}</h1>
    <p data-summary>${summarise(orders)}</p>`;
}

function account(customer: Customer | undefined): Html {
  const others = customers.filter((other) => other !== customer);
  const who = customer
    ? html`<span class="quiet">Logged in as</span> ${customer.name}`
    : html`Not logged in`;
  return html`<details class="account">
    <summary>
      <span class="initials" aria-hidden="true">${customer ? initials(customer) : "?"}</span>
      <span class="who">${who}</span>
    </summary>
    <form method="post" action="/log-in">
      ${customer ? html`<p class="quiet">${customer.email}</p>` : nothing}
      ${others.map(
        ({ id, name }) =>
          html`<button name="customer" value="${id}">
            ${customer ? "Switch to" : "Log in as"} ${name}
          </button>`,
      )}
      ${customer ? html`<button name="customer" value="guest">Log out</button>` : nothing}
    </form>
  </details>`;
}

function orderCard(order: Order): Html {
  const view = viewOrder(order);
  return html`<article class="order" data-order="${view.id}" data-status="${view.status}">
    <header>
      <h2>Order <span class="number">#${view.id}</span></h2>
      <p class="quiet">Placed ${placedOn.format(new Date(order.placedAt))}</p>
      <p class="pill" data-field="statusLabel">${view.statusLabel}</p>
    </header>
    <ol class="steps" data-step="${view.step}" aria-hidden="true">
      ${stepNames.map((name) => html`<li>${name}</li>`)}
    </ol>
    <p class="where">
      <strong data-field="when">${view.when}</strong>
      <span class="quiet" data-field="note">${view.note}</span>
    </p>
    <ul class="items">
      ${order.items.map(itemRow)}
    </ul>
    <footer>
      <p class="quiet">Paid with ${order.paidWith}</p>
      <p class="refund" data-field="refund" role="status">${view.refund}</p>
      <p class="total"><span class="quiet">Total</span> <span>${view.total}</span></p>
    </footer>
  </article>`;
}

function itemRow(item: OrderItem): Html {
  return html`<li>
    <span class="tile">${drawProduct(item.art)}</span>
    <span class="name"
      >${item.name}
      ${item.quantity > 1 ? html`<span class="count">× ${item.quantity}</span>` : nothing}</span
    >
    <span class="price">${formatCents(item.unitPriceCents * item.quantity)}</span>
  </li>`;
}

function help(orders: Order[]): Html {
  const delivered = orders.find((order) => order.status === "delivered");
  const open = orders.find((order) => order.status === "processing");
  return html`<aside class="help">
    <h2>Something not right?</h2>
    <p data-help>
      Ask Clay, our shop assistant, in the corner of this page. Clay can look your orders up, and
      asks you before any money moves.
    </p>
    <ul>
      ${ask("Where is my order?")}
      ${delivered ? broken(delivered) : nothing}
      ${delivered ? ask(`I want my money back for order ${delivered.id}`) : nothing}
      ${open ? ask(`Can you cancel ${open.id}?`) : nothing}
      ${ask("Tell me about your return policy")}
    </ul>
  </aside>`;
}

function broken({ id, items: [item] }: Order): Html {
  return ask(`The ${pieceName(item?.name ?? "piece")} of #${id} arrived broken`);
}

/** A question that one press asks. */
function ask(words: string): Html {
  return html`<li><button class="plain" data-ask>${words}</button></li>`;
}

function firstName(customer: Customer): string {
  return customer.name.split(" ")[0] ?? customer.name;
}

function initials(customer: Customer): string {
  return customer.name.replaceAll(/[^A-Z]/g, "");
}

const placedOn = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});
