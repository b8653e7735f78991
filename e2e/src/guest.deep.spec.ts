import { expect, type BrowserContext, type Page } from "@playwright/test";
import { visit, type Chat } from "./chat.js";
import { test } from "./deployment.js";
import { logIn } from "./shop-page.js";

const REFUND = "Please refund $20 on order 1042";

test("a guest proves by a code who they are, and the message goes on without being typed again", async ({
  page,
  context,
  deployment,
}) => {
  const chat = await visitAsGuest(page, deployment.shop.url);
  await chat.say(REFUND);
  await chat.forms.getByRole("textbox").fill("maya@example.com");
  await chat.forms.getByRole("button", { name: "Submit" }).click();
  await expect(chat.code).toContainText(/m.*@example\.com/);
  await expect(chat.code).not.toContainText("maya@");
  const code = await codeInMail(context, deployment.shop.url);

  const wrong = code === "000000" ? "111111" : "000000";
  await chat.code.getByRole("textbox").fill(wrong);
  await expect(chat.code).toContainText(/attempts? left/);
  await chat.code.getByRole("textbox").fill(code);
  await expect(chat.cards).toContainText("Refund $20.00 on order #1042");
  await expect(chat.said).toHaveCount(2);
  await chat.press(chat.approve);
  await chat.ended();
  await expect(chat.answers.last()).toContainText("$20.00");
  const decisions = await deployment.decisions();
  expect(decisions).toMatchObject([{ approved: true, decidedBy: "visitor", outcome: "succeeded" }]);
  // It proves who they are, and gives them nothing to own.
  expect(deployment.rows("SELECT ownerId FROM Conversation")).toEqual([{ ownerId: null }]);
  const log = await context.newPage();
  await log.goto(deployment.shop.url);
  await logIn(log, /Maya/);
  await expect(log.locator('[data-order="1042"] [data-field="refund"]')).toContainText("$20.00");
});

test("an address that nobody ordered with gets no code, and reads the same", async ({
  page,
  context,
  deployment,
}) => {
  const chat = await visitAsGuest(page, deployment.shop.url);
  await chat.say(REFUND);
  await chat.forms.getByRole("textbox").fill("stranger@example.com");
  await chat.forms.getByRole("button", { name: "Submit" }).click();
  await chat.ended();
  await expect(chat.answers.last()).toContainText("If there are orders under that address");
  await expect(chat.code).toHaveCount(0);
  const mailbox = await context.newPage();
  await mailbox.goto(`${deployment.shop.url}/mailbox`);
  await expect(mailbox.getByText("No mail yet.")).toBeVisible();
  expect(deployment.rows("SELECT id FROM OtpChallenge")).toEqual([]);
});

test("whoever logs out leaves nothing for the guest after them", async ({ page, deployment }) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say("Please refund $20 on order 1042");
  await expect(chat.approve).toBeVisible();
  await logIn(page, /Log out/);
  await chat.open();
  await expect(chat.cards).toHaveCount(0);
  await expect(chat.said).toHaveCount(0);
});

async function visitAsGuest(page: Page, url: string): Promise<Chat> {
  await page.goto(url);
  await logIn(page, /Log out/);
  await expect(page.getByRole("heading", { name: "Welcome" })).toBeVisible();
  return visit(page, url);
}

/** The code as the customer reads it in their mail. */
async function codeInMail(context: BrowserContext, url: string): Promise<string> {
  const mailbox = await context.newPage();
  await mailbox.goto(`${url}/mailbox`);
  const text = await mailbox.getByText(/Your code is \d+/).innerText();
  await mailbox.close();
  return /\d{6}/.exec(text)?.[0] ?? "";
}
