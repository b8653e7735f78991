// The order page's own script: tells the agent who is logged in, and keeps the orders up to date.
"use strict";

const assistantScript = document.querySelector("script[data-agent-id]");

assistantScript.addEventListener("error", sayAssistantIsAway);
document.addEventListener("DOMContentLoaded", introduceVisitor);
followOrders();

function introduceVisitor() {
  const assistant = document.querySelector("smooth-agent");
  if (assistant) assistant.authContext = fetchAuthContext;
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
