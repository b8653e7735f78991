import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type ModelServer, startModelServer } from "../client/model-server.fixture.js";
import { type BrowserFixture, startBrowser, type TestPage } from "./browser.fixture.js";

let browser: BrowserFixture;
let server: ModelServer;

beforeAll(async () => {
  [browser, server] = await Promise.all([startBrowser(), startModelServer()]);
});
afterAll(() => Promise.all([browser.close(), server.close()]));

beforeEach(() => {
  server.turn = server.lastTurn = undefined;
  server.messages = [];
});

const tag = (more = "") =>
  `<smooth-agent endpoint="${server.url}" agent-id="a" ${more}></smooth-agent><script src="/smooth-agent.js"></script>`;
const field = (page: TestPage) => page.getByRole("textbox", { name: "Write a message" });
const keys = (page: TestPage) =>
  page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
const show = (page: TestPage) => page.getByRole("button", { name: "Open the chat" }).click();

test("a draft, and a message that was written offline, are there after a reload", async () => {
  const page = await browser.open(tag());
  expect(await keys(page), "nothing before the chat is opened").toEqual([]);
  await show(page);
  await page.getByText("Online").waitFor();
  server.refusal = { status: 503, code: "UNAVAILABLE" };
  server.cut();
  await page.locator("[part=notice]").waitFor();
  await field(page).fill("Sent in a tunnel");
  await page.keyboard.press("Enter");
  await field(page).fill("Half a sen");
  await page.reload();
  await show(page);
  await page.locator("[data-delivery=waiting]", { hasText: "Sent in a tunnel" }).waitFor();
  await expect.poll(() => field(page).inputValue()).toBe("Half a sen");
  server.refusal = undefined;
  await page.locator("[data-delivery=sent]", { hasText: "Sent in a tunnel" }).waitFor();
  expect(server.messages.map(({ content }) => content.text)).toEqual(["Sent in a tunnel"]);
  await page.evaluate(() => document.querySelector("smooth-agent")?.remove());
  await page.close();
});

test.each([
  ["session", 1],
  ["none", 0],
])("storage %s keeps where it says", async (mode, count) => {
  const page = await browser.open(tag(`storage="${mode}"`));
  await show(page);
  await page.getByText("Online").waitFor();
  await expect.poll(() => keys(page)).toHaveLength(count);
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  await page.close();
});
