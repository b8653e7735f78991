import { expect } from "@playwright/test";
import { partsOf, visit } from "./chat.js";
import { test } from "./deployment.js";
import { logIn } from "./shop-page.js";

const REFUND = "Please refund $20 on order 1234";
const ORDER = "Where is my order 1187?";

test("a verified visitor begins anew, and goes on with what was said before, here and on another device", async ({
  page,
  browser,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say(REFUND);
  await chat.press(chat.approve);
  await chat.ended();
  const record = {
    parts: await partsOf(chat.answers),
    prose: await chat.answers.locator("[part=prose]").allInnerTexts(),
  };

  await chat.choose("New conversation");
  await expect(chat.said).toHaveCount(0);
  await expect(chat.cards).toHaveCount(0);
  await chat.say(ORDER);
  await chat.ended();
  await chat.choose("Earlier conversations");
  await expect(chat.listed).toHaveCount(2);
  await expect(chat.listed.first()).toContainText("This conversation");
  await chat.listed.last().getByRole("button").click();
  await expect(chat.said).toHaveText([/refund \$20/]);
  await expect(chat.cards).toContainText(/approved/i);
  await expect(chat.approve).toHaveCount(0);
  expect({
    parts: await partsOf(chat.answers),
    prose: await chat.answers.locator("[part=prose]").allInnerTexts(),
  }).toEqual(record);
  await chat.say("Thanks");
  await chat.ended();

  const device = await browser.newContext();
  const other = await visit(await device.newPage(), deployment.shop.url);
  await expect(other.said).toHaveCount(0);
  await other.choose("Earlier conversations");
  // What was said in last stands first; that nothing was said in here is no conversation to go back to.
  await expect(other.listed).toHaveCount(2);
  await other.listed.first().getByRole("button").click();
  await expect(other.said).toHaveText([/refund \$20/, /Thanks/]);
  await expect(other.cards).toContainText(/approved/i);
  await other.say("Goodbye");
  await other.ended();
  await expect(chat.said).toHaveText([/refund \$20/, /Thanks/, /Goodbye/]);
  await expect(chat.answers).toHaveCount(3);
  await device.close();

  const spoken = deployment.rows<{ count: number }>(
    "SELECT count(*) AS count FROM Message WHERE direction = 'inbound' GROUP BY conversationId ORDER BY 1",
  );
  expect(spoken.map(({ count }) => count)).toEqual([1, 3]);
});

test("a reload goes on with the conversation that was chosen last", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say(ORDER);
  await chat.ended();
  await chat.choose("New conversation");
  await chat.say("Thanks");
  await chat.ended();
  await page.reload();
  await chat.open();
  await expect(chat.said).toHaveText([/Thanks/]);
  await chat.choose("Earlier conversations");
  await chat.listed.last().getByRole("button").click();
  await expect(chat.said).toHaveText([/1187/]);
  await page.reload();
  await chat.open();
  await expect(chat.said).toHaveText([/1187/]);
});

test("a visitor whom nobody vouches for may begin anew, and is offered no list", async ({
  page,
  deployment,
}) => {
  await page.goto(deployment.shop.url);
  await logIn(page, /Log out/);
  await expect(page.getByRole("heading", { name: "Welcome" })).toBeVisible();
  const chat = await visit(page, deployment.shop.url);
  await chat.say("Hello");
  await chat.ended();
  const menu = page.locator("smooth-agent [part=menu]");
  await page.locator("smooth-agent").getByRole("button", { name: "Menu" }).click();
  await expect(menu.getByRole("menuitem")).toHaveText(["New conversation"]);
  await menu.getByRole("menuitem").click();
  await expect(chat.said).toHaveCount(0);
  await chat.say("Thanks");
  await chat.ended();
  expect(deployment.rows("SELECT ownerId FROM Conversation")).toEqual([
    { ownerId: null },
    { ownerId: null },
  ]);
});
