// The order page's own script: tells the agent who is logged in, and keeps the orders up to date.
"use strict";

// What the assistant may do in this page.
const showOrder = {
  description: "Scrolls the customer's page to one of their orders and highlights it.",
  parameters: {
    type: "object",
    properties: { orderId: { type: "string", description: "The order's number without '#'." } },
    required: ["orderId"],
    additionalProperties: false,
  },
  run({ orderId }) {
    const cards = [...document.querySelectorAll("[data-order]")];
    const card = cards.find((one) => one.dataset.order === orderId);
    if (!card) return "That order is not on this page.";
    for (const one of cards) one.classList.toggle("shown", one === card);
    card.scrollIntoView({ block: "center", behavior: "smooth" });
    return "The order is highlighted on the customer's page.";
  },
};

const assistantScript = document.querySelector("script[data-agent-id]");

assistantScript.addEventListener("error", sayAssistantIsAway);
document.addEventListener("DOMContentLoaded", introduceVisitor);
document.addEventListener("click", ({ target }) => {
  const question = target instanceof Element && target.closest("[data-ask]");
  if (question) askAssistant(question.textContent);
});
followOrders();

function introduceVisitor() {
  const assistant = document.querySelector("smooth-agent");
  if (!assistant) return;
  assistant.authContext = fetchAuthContext;
  assistant.clientTools = { show_order: showOrder };
}

// Opens the chat and says these words in it, as if the customer had written them.
function askAssistant(words) {
  const assistant = document.querySelector("smooth-agent");
  if (!assistant?.send) return;
  assistant.open();
  assistant.send(words.trim());
}

async function fetchAuthContext() {
  const response = await fetch("/api/auth-context");
  if (!response.ok) throw new Error(`The shop answered ${response.status}.`);
  return response.json();
}

function followOrders() {
  const stream = new EventSource("/api/orders/events");
  stream.addEventListener("orders", (event) => {
    const { summary, orders } = JSON.parse(event.data);
    document.querySelector("[data-summary]").textContent = summary;
    for (const order of orders) show(order);
  });
}

function show(order) {
  const card = document.querySelector(`[data-order="${order.id}"]`);
  if (!card) return;
  let changed = card.dataset.status !== order.status;
  card.dataset.status = order.status;
  card.querySelector("[data-step]").dataset.step = order.step;
  for (const field of card.querySelectorAll("[data-field]")) {
    const text = order[field.dataset.field];
    if (field.textContent === text) continue;
    field.textContent = text;
    changed = true;
  }
  if (changed) announce(card);
}

function announce(card) {
  card.classList.remove("changed");
  void card.offsetWidth; // restarts the animation
  card.classList.add("changed");
}

function sayAssistantIsAway() {
  document.querySelector("[data-help]").textContent =
    "Our assistant cannot be reached right now. Reload the page to try again.";
}
