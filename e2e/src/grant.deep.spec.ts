import { expect } from "@playwright/test";
import { chatOf, visit, type Chat } from "./chat.js";
import { test, type Deployment } from "./deployment.js";

const refunded = (chat: Chat) => chat.page.locator('[data-order="1042"] [data-field="refund"]');

test("what was allowed here is not asked again, as far as it was allowed, until that is taken back", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say("Please refund $20 on order 1042");
  await chat.cards.getByRole("checkbox", { name: /don't ask again/i }).check();
  await chat.press(chat.approve);
  await expect(refunded(chat)).toHaveText("$20.00 refunded");
  await chat.ended();
  await expect(chat.grants).toContainText("1");

  await chat.say("Please refund $5 on order 1042");
  await expect(refunded(chat)).toHaveText("$25.00 refunded");
  await chat.ended();
  await expect(chat.approve).toHaveCount(0);
  await expect(chat.answers.last()).toContainText("$5.00");

  // More than was approved, and another order, are asked for.
  for (const wish of ["Please refund $21 on order 1042", "Please refund $5 on order 1234"]) {
    await chat.say(wish);
    await chat.press(chat.decline);
    await chat.ended();
  }
  await expect(refunded(chat)).toHaveText("$25.00 refunded");

  await page.reload();
  const again = chatOf(page);
  await again.open();
  await again.grants.locator("summary").click();
  await again.grants.getByRole("button", { name: /ask me again/i }).click();
  await expect(again.grants).toHaveCount(0);
  await again.say("Please refund $5 on order 1042");
  await expect(again.approve).toBeVisible();
  expect(calls(deployment).at(-1)).toBe("awaiting");
  await again.press(again.approve);
  await expect(refunded(again)).toHaveText("$30.00 refunded");
  await again.ended();

  const decisions = await deployment.decisions();
  expect(decisions.map(({ approved, decidedBy }) => [approved, decidedBy])).toEqual([
    [true, "visitor"],
    [false, "visitor"],
    [false, "visitor"],
    [true, "grant"],
    [true, "visitor"],
  ]);
});

test("what is allowed in one tab can be taken back in another", async ({
  page,
  context,
  deployment,
}) => {
  const first = await visit(page, deployment.shop.url);
  await first.say("Please refund $20 on order 1042");
  await first.cards.getByRole("checkbox", { name: /don't ask again/i }).check();
  await first.press(first.approve);
  await first.ended();
  const second = await visit(await context.newPage(), deployment.shop.url);
  await second.grants.locator("summary").click();
  await second.grants.getByRole("button", { name: /ask me again/i }).click();
  await expect(first.grants).toHaveCount(0);
  await first.say("Please refund $5 on order 1042");
  await expect(first.approve).toBeVisible();
  expect(calls(deployment)).toEqual(["succeeded", "awaiting"]);
});

test("a high risk takes two steps, and is never allowed for good", async ({ page, deployment }) => {
  const chat = await visit(page, deployment.shop.url);
  const order = page.locator('[data-order="1043"]');
  await chat.say("Cancel order 1043");
  await expect(chat.cards.getByRole("checkbox")).toHaveCount(0);
  await chat.press(chat.approve);
  const yes = chat.cards.getByRole("button", { name: "Yes, cancel this order" });
  await expect(yes).toBeVisible();
  expect(calls(deployment)).toEqual(["succeeded", "awaiting"]);
  await chat.cards.getByRole("button", { name: "Back" }).click();
  await expect(yes).toHaveCount(0);
  await expect(order).toHaveAttribute("data-status", "processing");
  await chat.press(chat.approve);
  await chat.press(yes);
  await expect(order).toHaveAttribute("data-status", "cancelled");
  await chat.ended();
  await expect(chat.answers.last()).toContainText("$89.00");
  expect(calls(deployment)).toEqual(["succeeded", "succeeded"]);
});

test("why something was declined is heard by the agent, and stays on the card", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say("Please refund $20 on order 1042");
  await chat.cards.getByRole("button", { name: /no with a reason/i }).click();
  await chat.cards.getByRole("textbox", { name: /why/i }).fill("It is the wrong order");
  await chat.press(chat.decline);
  await chat.ended();
  await expect(chat.answers.last()).toContainText(/you said: "It is the wrong order"/i);
  await page.reload();
  await chat.open();
  await expect(chat.cards).toContainText("It is the wrong order");
  expect(await deployment.decisions()).toMatchObject([
    { approved: false, reason: "It is the wrong order" },
  ]);
});

function calls({ rows }: Deployment): string[] {
  const sql = 'SELECT state FROM ToolCall ORDER BY createdAt, "index"';
  return rows<{ state: string }>(sql).map(({ state }) => state);
}
