import { expect, type Page } from "@playwright/test";
import { visit } from "./chat.js";
import { test, type Deployment } from "./deployment.js";

const SHOW = "Show me order 1042";

test("an order that the visitor wants to see is shown on their page", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say(SHOW);
  await expect(page.locator(".order.shown")).toHaveAttribute("data-order", "1042");
  await expect(page.locator('[data-order="1042"]')).toBeInViewport();
  await chat.ended();
  await expect(chat.answers.last()).toContainText("#1042");
  expect(calls(deployment)).toEqual([
    { name: "lookup_order", state: "succeeded" },
    { name: "client_show_order", state: "succeeded" },
  ]);
});

test("of two tabs exactly one shows it", async ({ page, context, deployment }) => {
  const first = await visit(page, deployment.shop.url);
  await first.say("Hello");
  await first.ended();
  const second = await visit(await context.newPage(), deployment.shop.url);
  await expect(second.answers).toHaveCount(1);
  for (const [index, tab] of [first, second].entries()) {
    await tab.say(SHOW);
    await expect(tab.answers).toHaveCount(2 + index);
    await tab.ended();
    const shown = [await shownIn(first.page), await shownIn(second.page)];
    expect(shown.reduce((sum, count) => sum + count)).toBe(1);
    await Promise.all([first, second].map(({ page: each }) => forget(each)));
  }
  expect(calls(deployment).filter(({ name }) => name === "client_show_order")).toEqual([
    { name: "client_show_order", state: "succeeded" },
    { name: "client_show_order", state: "succeeded" },
  ]);
});

test("what the page says came of it is told to the model", async ({ page, deployment }) => {
  const chat = await visit(page, deployment.shop.url);
  await page.evaluate(() => {
    for (const card of document.querySelectorAll("[data-order]")) card.remove();
  });
  await chat.say(SHOW);
  await chat.ended();
  await expect(chat.answers.last()).toContainText("#1042");
  expect(calls(deployment).at(-1)).toEqual({ name: "client_show_order", state: "succeeded" });
  const [call] = deployment.rows<{ result: string }>(
    "SELECT result FROM ToolCall WHERE name = 'client_show_order'",
  );
  expect(JSON.parse(call?.result ?? "")).toEqual({
    from: "page",
    result: "That order is not on this page.",
  });
});

function shownIn(page: Page): Promise<number> {
  return page.locator(".order.shown").count();
}

function forget(page: Page): Promise<void> {
  return page.evaluate(() => {
    for (const card of document.querySelectorAll(".shown")) card.classList.remove("shown");
  });
}

function calls({ rows }: Deployment) {
  return rows<{ name: string; state: string }>(
    'SELECT name, state FROM ToolCall ORDER BY createdAt, "index"',
  );
}
