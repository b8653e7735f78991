import { expect } from "@playwright/test";
import { test } from "./deployment.js";

test("a page of another origin is told so, and does not knock again and again", async ({
  page,
  deployment,
}) => {
  const { otherUrl } = deployment.shop;
  if (otherUrl === undefined) throw new Error("The shop has no other origin.");
  await page.clock.install();
  const sockets: string[] = [];
  page.on("websocket", (socket) => sockets.push(socket.url()));
  await page.goto(otherUrl);
  const widget = page.locator("smooth-agent");
  await widget.getByRole("button", { name: /open the chat/i }).click();
  await expect(widget).toContainText("This website is not set up to use this assistant.");
  await page.clock.runFor(10 * 60_000);
  expect(sockets).toHaveLength(1);
});

test("the visitor is who the shop says, and what is asked belongs to them", async ({
  page,
  deployment,
}) => {
  await page.goto(deployment.shop.url);
  await page
    .locator("smooth-agent")
    .getByRole("button", { name: /open the chat/i })
    .click();
  await expect(page.locator("smooth-agent").getByText(/I am Clay/)).toBeVisible();
  const owners = deployment.rows<{ ownerId: string }>("SELECT ownerId FROM Conversation");
  expect(owners).toEqual([{ ownerId: "maya" }]);
});

test("a server that goes away is said plainly, and the message arrives once when it is back", async ({
  page,
  deployment,
}) => {
  await page.goto(deployment.shop.url);
  const widget = page.locator("smooth-agent");
  await widget.getByRole("button", { name: /open the chat/i }).click();
  await expect(widget.getByText("Online")).toBeVisible();
  await deployment.kill();
  await expect(widget.locator(".status").getByText("Connection lost")).toBeVisible();
  await widget.getByRole("textbox").fill("Hello again");
  await widget.getByRole("textbox").press("Enter");
  await deployment.restart();
  await expect(widget.locator("[part=agent-message]")).toHaveAttribute("aria-busy", "false");
  await expect(widget.locator("[part=visitor-message]")).toHaveCount(1);
  const sent = deployment.rows("SELECT id FROM Message WHERE direction = 'inbound'");
  expect(sent).toHaveLength(1);
});
