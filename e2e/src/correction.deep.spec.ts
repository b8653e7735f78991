import { expect } from "@playwright/test";
import { chatOf, recordRenders, visit, type Chat } from "./chat.js";
import { test, type Deployment } from "./deployment.js";

const REFUND = "Please refund $50 on order 1042";
const asked = { orderId: "1042", amount: 50 };
const corrected = { orderId: "1042", amount: 20 };
const refunded = (chat: Chat) => chat.page.locator('[data-order="1042"] [data-field="refund"]');

test("a refund of $50, corrected to $20 on the card, is one of $20 on the page, in words and on record", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say(REFUND);
  await expect(chat.cards).toContainText("$50.00");
  await correctTo(chat, "20");
  await expect(refunded(chat)).toHaveText("");
  const renders = await recordRenders(page);
  await chat.press(chat.approve);
  await expect(refunded(chat)).toHaveText("$20.00 refunded");
  await chat.ended();
  expect((await renders()).join("")).not.toContain("50");
  await expect(prose(chat)).toContainText("$20.00");
  await expect(prose(chat)).not.toContainText("50");
  await expect(chat.cards).toContainText(/you approved/i);
  await expect(chat.cards).toContainText(/50.*20/s);
  await expectRecord(deployment);

  await page.reload();
  const again = chatOf(page);
  await again.open();
  await expect(again.cards).toContainText(/approved.*50.*20/is);
  await expect(again.approve).toHaveCount(0);
  await expect(refunded(again)).toHaveText("$20.00 refunded");
});

test("what the shop would never refund cannot be approved", async ({ page, deployment }) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say(REFUND);
  for (const amount of ["-5", "20.005", "1000000"]) {
    await correctTo(chat, amount);
    await chat.approve.click();
    await expect(chat.cards.getByRole("spinbutton", { name: "Amount" })).toHaveValue(amount);
    await expect(chat.cards).toContainText(
      /must|Please write a number|invalid|valid|greater|less/i,
    );
    expect(states(deployment)).toEqual(["awaiting"]);
  }
  await correctTo(chat, "20");
  await chat.press(chat.approve);
  await expect(refunded(chat)).toHaveText("$20.00 refunded");
});

test("a server killed while a corrected question waits: what is approved then is the correction", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say(REFUND);
  await correctTo(chat, "20");
  await deployment.kill();
  await deployment.restart();
  await expect(page.locator("smooth-agent").getByText("Online")).toBeVisible();
  await chat.press(chat.approve);
  await chat.ended();
  await expect(refunded(chat)).toHaveText("$20.00 refunded");
  await expect(prose(chat)).toContainText("$20.00");
  await expectRecord(deployment);
});

test("what one tab corrects and approves, the other shows", async ({
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
  await expect(second.cards).toContainText("$50.00");
  await correctTo(second, "20");
  await second.press(second.approve);
  await first.ended();
  await expect(first.cards).toContainText(/another window/i);
  await expect(first.cards).toContainText(/50.*20/s);
  await expect(prose(first)).toContainText("$20.00");
  await expect(refunded(first)).toHaveText("$20.00 refunded");
});

/** Changes the amount on the card. */
async function correctTo(chat: Chat, amount: string): Promise<void> {
  const input = chat.cards.getByRole("spinbutton", { name: "Amount" });
  if (!(await input.isVisible())) {
    await chat.cards.getByRole("button", { name: "Edit Amount" }).click();
  }
  await input.fill(amount);
}

function prose(chat: Chat) {
  return chat.answers.last().locator("[part=prose]").last();
}

function states({ rows }: Deployment): string[] {
  return rows<{ state: string }>("SELECT state FROM ToolCall").map(({ state }) => state);
}

/** Both amounts, as the shop's people read them and as the database keeps them. */
async function expectRecord(deployment: Deployment): Promise<void> {
  const [record, ...others] = await deployment.decisions();
  expect(others).toEqual([]);
  expect(record).toMatchObject({
    ...{ toolName: "issue_refund", approved: true, decidedBy: "visitor", userId: "maya" },
    outcome: "succeeded",
  });
  expect(JSON.parse(String(record?.["arguments"]))).toEqual(asked);
  expect(JSON.parse(String(record?.["editedArguments"]))).toEqual(corrected);
  const [row] = deployment.rows<{ arguments: string; editedArguments: string }>(
    "SELECT arguments, editedArguments FROM Decision",
  );
  expect(JSON.parse(row?.arguments ?? "")).toEqual(asked);
  expect(JSON.parse(row?.editedArguments ?? "")).toEqual(corrected);
}
