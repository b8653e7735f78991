import { expect } from "@playwright/test";
import { chatOf, partsOf, visit } from "./chat.js";
import { test } from "./deployment.js";

const REFUND = "Please refund $20 on order 1234";

test("approve: the refund happens, is shown on the page and told by the agent", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say(REFUND);
  await expect(chat.cards).toContainText("$20.00");
  await expect(chat.cards).toContainText("#1234");
  const refunded = page.locator('[data-order="1234"] [data-field="refund"]');
  await expect(refunded).toHaveText("");
  expect(calls(deployment)).toEqual([{ name: "issue_refund", state: "awaiting" }]);

  await chat.press(chat.approve);
  await expect(refunded).toContainText("$20.00");
  await chat.ended();
  await expect(chat.cards).toContainText(/you approved/i);
  await expect(chat.answers.last()).toContainText("$20.00");
  expect(calls(deployment)).toEqual([{ name: "issue_refund", state: "succeeded" }]);
});

test("decline: nothing happens and the agent says so", async ({ page, deployment }) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say("Cancel order 1043");
  await chat.press(chat.decline);
  await chat.ended();
  await expect(chat.cards).toContainText(/you declined/i);
  await expect(chat.answers.last()).toContainText(/nothing|not cancelled|unchanged/i);
  await expect(page.locator('[data-order="1043"]')).toHaveAttribute("data-status", "processing");
  expect(calls(deployment)).toEqual([{ name: "cancel_order", state: "denied" }]);
});

test("a server killed while the question waits: approve still works, once", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say(REFUND);
  await expect(chat.approve).toBeVisible();
  await deployment.kill();
  await deployment.restart();
  await expect(page.locator("smooth-agent").getByText("Online")).toBeVisible();
  await chat.press(chat.approve);
  await chat.ended();
  await expect(chat.cards).toHaveCount(1);
  await expect(chat.cards).toContainText(/you approved/i);
  await expect(page.locator('[data-order="1234"] [data-field="refund"]')).toContainText("$20.00");
  expect(calls(deployment)).toEqual([{ name: "issue_refund", state: "succeeded" }]);
});

test("a second tab sees the conversation live and may answer the question", async ({
  page,
  context,
  deployment,
}) => {
  const first = await visit(page, deployment.shop.url);
  await first.say("Hello");
  await first.ended();
  const second = await visit(await context.newPage(), deployment.shop.url);
  await expect(second.answers).toHaveCount(1);

  await first.say(REFUND);
  await expect(second.said.last()).toHaveText(new RegExp(REFUND.replace("$", "\\$")));
  await expect(second.cards).toContainText("$20.00");
  await second.press(second.approve);
  await second.ended();
  await first.ended();
  await expect(second.cards).toContainText(/you approved/i);
  await expect(first.cards).toContainText(/another window/i);
  await expect(first.approve).toHaveCount(0);
  expect(await first.answers.last().locator("[part=prose]").last().innerText()).toBe(
    await second.answers.last().locator("[part=prose]").last().innerText(),
  );
  expect(calls(deployment)).toEqual([{ name: "issue_refund", state: "succeeded" }]);
});

test.describe("a short window", () => {
  test.use({ viewport: { width: 640, height: 360 } });

  test("shows what is asked before the buttons that answer it", async ({ page, deployment }) => {
    const chat = await visit(page, deployment.shop.url);
    await chat.say(REFUND);
    await expect(chat.approve).toBeAttached();
    await expect(chat.cards.getByRole("heading")).toBeInViewport({ ratio: 1 });
    await expect(chat.cards.getByText("Refund $20.00 on order #1234")).toBeInViewport({ ratio: 1 });
    await chat.press(chat.approve);
    await chat.ended();
    await expect(chat.cards).toContainText(/you approved/i);
  });
});

for (const approved of [true, false]) {
  test(`what was ${approved ? "approved" : "declined"} and said is on record after a reload, in its place`, async ({
    page,
    deployment,
  }) => {
    const chat = await visit(page, deployment.shop.url);
    await chat.say(REFUND);
    await chat.press(approved ? chat.approve : chat.decline);
    await chat.ended();
    const answer = chat.answers.last();
    const parts = await partsOf(answer);
    expect(parts.at(-1)).toBe("prose");
    expect(parts).toContain("approval");
    const prose = await answer.locator("[part=prose]").allInnerTexts();

    await page.reload();
    const again = chatOf(page);
    await again.open();
    await expect(again.answers).toHaveCount(1);
    expect(await partsOf(again.answers)).toEqual(parts);
    expect(await again.answers.locator("[part=prose]").allInnerTexts()).toEqual(prose);
    await expect(again.cards).toContainText("$20.00");
    await expect(again.cards).toContainText(
      approved ? /approved .*done/is : /declined .*nothing/is,
    );
    await expect(again.approve).toHaveCount(0);
    await expect(chat.said).toHaveCount(1);
  });
}

test("a reload while a second question waits still shows what was decided of the first", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say("Refund 1234 and 1042");
  await chat.press(chat.approve);
  await expect(chat.cards).toHaveCount(2);
  await expect(chat.approve).toHaveCount(1);
  await page.reload();
  const again = chatOf(page);
  await again.open();
  await expect(again.cards).toHaveCount(2);
  await expect(again.cards.first()).toContainText(/approved/i);
  await again.press(again.decline);
  await again.ended();
  await expect(again.cards.last()).toContainText(/you declined/i);
  expect(calls(deployment)).toEqual([
    { name: "issue_refund", state: "succeeded" },
    { name: "issue_refund", state: "denied" },
  ]);
});

function calls(deployment: { rows<Row>(sql: string): Row[] }) {
  return deployment.rows<{ name: string; state: string }>(
    "SELECT name, state FROM ToolCall WHERE name != 'lookup_order'",
  );
}
