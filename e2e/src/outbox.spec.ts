import { expect, type Page } from "@playwright/test";
import { chatOf, visit } from "./chat.js";
import { test, type Deployment } from "./deployment.js";

const WAITS = "Will be sent when you are connected";

test("without a network it is said plainly, and what is written then is sent once, in its order", async ({
  page,
  context,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say("Hello");
  await chat.ended();
  await context.setOffline(true);
  await expect(status(page)).toHaveText("You are offline");
  await chat.say("Thanks");
  await chat.say("Goodbye");
  await expect(chat.said.nth(1)).toContainText(WAITS);
  await expect(chat.said.nth(2)).toContainText(WAITS);
  await expect(page.locator("smooth-agent [part=notice]")).toHaveText(
    "Messages you write will be sent when you are back.",
  );
  expect(inbound(deployment)).toEqual(["Hello"]);

  await context.setOffline(false);
  await expect(chat.answers).toHaveCount(3);
  await chat.ended();
  await expect(chat.said).toHaveText([/Hello/, /Thanks/, /Goodbye/]);
  await expect(page.locator("smooth-agent")).not.toContainText(WAITS);
  expect(inbound(deployment)).toEqual(["Hello", "Thanks", "Goodbye"]);
  expect(timesHeard(deployment, "Thanks")).toBe(1);
  expect(timesHeard(deployment, "Goodbye")).toBe(1);
});

test.describe("over a reload", () => {
  test.use({ proxied: true });

  test("what was written while nobody could be reached is kept, and sent once", async ({
    page,
    deployment,
  }) => {
    const { proxy, shop } = deployment;
    await visit(page, shop.url);
    proxy?.sever();
    await expect(status(page)).toHaveText("Connection lost");
    const chat = chatOf(page);
    await chat.say("Thanks");
    await expect(chat.said).toContainText(WAITS);
    await page.reload();
    await page.locator("smooth-agent [part=launcher]").click();
    await expect(chat.said).toContainText(WAITS);
    await expect(chat.said).toHaveCount(1);
    expect(inbound(deployment)).toEqual([]);

    proxy?.mend();
    await expect(chat.answers).toHaveCount(1);
    await chat.ended();
    await page.reload();
    await chat.open();
    await expect(chat.answers).toHaveCount(1);
    await expect(chat.said).toHaveText([/Thanks/]);
    expect(inbound(deployment)).toEqual(["Thanks"]);
    expect(timesHeard(deployment, "Thanks")).toBe(1);
  });

  test("what arrived, but was never said to have, is not sent a second time", async ({
    page,
    deployment,
  }) => {
    const { proxy, shop } = deployment;
    const chat = await visit(page, shop.url);
    await chat.say("Hello");
    await chat.ended();
    proxy?.deafen();
    await chat.say("Thanks");
    await expect.poll(() => inbound(deployment)).toEqual(["Hello", "Thanks"]);
    proxy?.sever();
    await expect(status(page)).toHaveText("Connection lost");
    await page.reload();
    await page.locator("smooth-agent [part=launcher]").click();
    await expect(chat.said.last()).toContainText("Thanks");

    proxy?.mend();
    await expect(chat.said).toHaveText([/Hello/, /Thanks/]);
    await expect(chat.answers).toHaveCount(2);
    await chat.ended();
    expect(inbound(deployment)).toEqual(["Hello", "Thanks"]);
    expect(timesHeard(deployment, "Thanks")).toBe(1);
  });
});

function status(page: Page) {
  return page.locator("smooth-agent .status");
}

function inbound({ rows }: Deployment): string[] {
  const sql = "SELECT text FROM Message WHERE direction = 'inbound' ORDER BY seq";
  return rows<{ text: string }>(sql).map(({ text }) => text);
}

function timesHeard({ heard }: Deployment, words: string): number {
  return heard.filter((text) => text.includes(words)).length;
}
