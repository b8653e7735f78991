import { expect, type Page } from "@playwright/test";
import { visit } from "./chat.js";
import { test } from "./deployment.js";
import { callWidget, switchTo, tellLogin, type HostElement } from "./shop-page.js";

test("who logs in in mid-conversation goes on with it, and it is theirs from then on", async ({
  page,
  deployment,
}) => {
  const { url } = deployment.shop;
  await switchTo(page, url, "guest");
  const chat = await visit(page, url);
  await chat.say("Hello");
  await chat.ended();
  const owners = () => deployment.rows("SELECT ownerId FROM Conversation");
  expect(owners()).toEqual([{ ownerId: null }]);

  await switchTo(page, url, "maya");
  await tellLogin(page);
  await expect.poll(owners).toEqual([{ ownerId: "maya" }]);
  await expect(chat.said).toHaveText([/Hello/]);
  await chat.say("Where is my order 1187?");
  await chat.ended();
  await expect(chat.answers).toHaveCount(2);
  await expect(chat.answers.last()).toContainText("1187");
  await expect.poll(() => visitorsIn(page)).toEqual(["+maya"]);

  await page.reload();
  await chat.open();
  await expect(chat.said).toHaveText([/Hello/, /1187/]);
  await chat.choose("Earlier conversations");
  await expect(chat.listed).toHaveCount(1);
  expect(owners()).toHaveLength(1);
});

test("who logs out leaves nothing on the page and in the browser, and is nobody from then on", async ({
  page,
  deployment,
}) => {
  const { url } = deployment.shop;
  const chat = await visit(page, url);
  await chat.say("Where is my order 1187?");
  await chat.ended();
  await chat.field.fill("My address is");
  await callWidget(page, "logout");
  await expect(chat.said).toHaveCount(0);
  await expect(chat.answers).toHaveCount(0);
  await expect(chat.field).toHaveValue("");
  await expect.poll(() => visitorsIn(page)).not.toContain("+maya");

  await chat.say("Thanks");
  await chat.ended();
  await expect(chat.answers).toHaveCount(1);
  expect(deployment.rows("SELECT ownerId FROM Conversation ORDER BY createdAt")).toEqual([
    { ownerId: "maya" },
    { ownerId: null },
  ]);
  expect(await visitorsIn(page)).toEqual(["-"]);
});

test("of two users of one browser each sees only their own", async ({ page, deployment }) => {
  const { url } = deployment.shop;
  const chat = await visit(page, url);
  await chat.say("Where is my order 1187?");
  await chat.ended();

  await switchTo(page, url, "tom");
  await tellLogin(page);
  await expect(chat.said).toHaveCount(0);
  await expect.poll(() => visitorsIn(page)).not.toContain("+maya");
  await chat.say("Hello");
  await chat.ended();
  await chat.choose("Earlier conversations");
  await expect(chat.listed).toHaveCount(1);
  await expect(chat.listed).toContainText("This conversation");

  await switchTo(page, url, "maya");
  await tellLogin(page);
  await expect(chat.said).toHaveCount(0);
  await expect.poll(() => visitorsIn(page)).not.toContain("+tom");
  await chat.say("Thanks");
  await chat.ended();
  await chat.choose("Earlier conversations");
  await expect(chat.listed).toHaveCount(2);
  await chat.listed.last().getByRole("button").click();
  await expect(chat.said).toHaveText([/1187/]);
  const owners = deployment.rows<{ ownerId: string }>(
    "SELECT DISTINCT ownerId FROM Conversation JOIN Message ON conversationId = Conversation.id ORDER BY 1",
  );
  expect(owners).toEqual([{ ownerId: "maya" }, { ownerId: "tom" }]);
});

test("the page is asked anew when what it said of the visitor is refused, once", async ({
  page,
  deployment,
}) => {
  await page.goto(deployment.shop.url);
  const widget = page.locator("smooth-agent");
  const asked = await vouch(page, 1);
  await widget.getByRole("button", { name: /open the chat/i }).click();
  await expect(widget.getByText(/I am Clay/)).toBeVisible();
  expect(await asked()).toBe(2);
  expect(deployment.rows("SELECT ownerId FROM Conversation")).toEqual([{ ownerId: "maya" }]);
});

test("a page that keeps saying what is refused is not asked again and again", async ({
  page,
  deployment,
}) => {
  await page.clock.install();
  await page.goto(deployment.shop.url);
  const widget = page.locator("smooth-agent");
  const asked = await vouch(page, Infinity);
  await widget.getByRole("button", { name: /open the chat/i }).click();
  await expect(widget).toContainText("We could not confirm who you are.");
  await page.clock.runFor(10 * 60_000);
  expect(await asked()).toBe(2);
  expect(deployment.rows("SELECT id FROM Conversation")).toEqual([]);
});

/**
 * Has the page say of its visitor what the shop says, but with no good signature at first.
 *
 * @returns reads how often it was asked
 */
async function vouch(page: Page, bad: number): Promise<() => Promise<number>> {
  await page.locator("smooth-agent").evaluate((element: HostElement, times: number) => {
    let count = 0;
    element.authContext = async () => {
      count += 1;
      Object.assign(window, { count });
      const word = (await (await fetch("/api/auth-context")).json()) as { signature: string };
      return count > times ? word : { ...word, signature: "0".repeat(word.signature.length) };
    };
  }, bad);
  return () => page.evaluate(() => (window as unknown as { count: number }).count);
}

/** For whom something is kept in this browser: `+` and their name, or `-` for nobody's. */
function visitorsIn(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith("smooth-agent/"));
    return [...new Set(keys.map((key) => key.split("/")[3] ?? ""))].toSorted();
  });
}
