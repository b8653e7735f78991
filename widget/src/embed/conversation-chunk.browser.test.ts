import type { Action } from "@smooth-agent/protocol";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type ModelServer, startModelServer } from "../client/model-server.fixture.js";
import { type BrowserFixture, startBrowser, type TestPage } from "../elements/browser.fixture.js";

let browser: BrowserFixture;
let server: ModelServer;
let page: TestPage;
/** Lets the chunk arrive that talks to the server. */
let letGo: () => void;

beforeAll(async () => void (browser = await startBrowser()));
beforeEach(async () => void (server = await startModelServer()));
afterEach(async () => {
  browser.gate.lost = () => false;
  browser.gate.held = undefined;
  await page?.close();
  await server.close();
});
afterAll(() => browser.close());

const chunk = (name: string) =>
  [...browser.files.keys()].find((path) => path.includes(`/${name}-`))!;
const field = () => page.getByRole("textbox", { name: "Write a message" });
const bubbles = () => page.locator(".visitor .bubble").allTextContents();
const missing = () => page.getByText("This part of the chat could not be loaded.");

/** A page of the module build; what it fetches from now on is late. */
async function began(): Promise<void> {
  page = await browser.open(
    `<smooth-agent agent-id="a" endpoint="${server.url}"></smooth-agent>` +
      '<script type="module" src="/smooth-agent.mjs"></script>',
  );
  await page.waitForFunction(() => document.querySelector("smooth-agent")?.hasUpdated);
  browser.gate.held = new Promise((resolve) => void (letGo = resolve));
}

function received(action: Action["action"]): Promise<Action> {
  return server.received((each) => each.action === action);
}

test("what is written and sent before what talks to the server is there is shown at once, and sent in its order", async () => {
  await began();
  const upgrades = server.counts.upgrades;
  const first = received("send_message");
  await page.locator(".launcher").click();
  await page.locator(".skeleton").first().waitFor();
  await field().fill("First");
  await page.keyboard.press("Enter");
  await page.getByText("First", { exact: true }).waitFor();
  await page.evaluate(() => document.querySelector("smooth-agent")?.send("Second"));
  await page.getByText("Second", { exact: true }).waitFor();
  await field().fill("Third, unfinished");
  const kept = await page.locator(".visitor").first().elementHandle();
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
  expect(server.counts.upgrades).toBe(upgrades);
  letGo();
  expect(await first).toMatchObject({ message: "First" });
  expect(await bubbles()).toEqual(["First", "Second"]);
  expect(await field().inputValue()).toBe("Third, unfinished");
  expect(await kept?.evaluate((each) => each.isConnected)).toBe(true);
  expect(page.faults).toEqual([]);
});

test("a message that the page sends before that, unseen, is told once it is sent", async () => {
  await began();
  const sent = received("send_message");
  const told = page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const element = document.querySelector("smooth-agent")!;
        element.addEventListener("smooth-agent-message", ({ text }) => resolve([text]));
        element.send("Hello");
      }),
  );
  letGo();
  expect(await told).toEqual(["Hello"]);
  expect(await sent).toMatchObject({ message: "Hello" });
});

test("who logs in before that is whom the conversation begins with, and what was sent before is not lost", async () => {
  await began();
  const created = received("create_conversation_session");
  const sent = received("send_message");
  await page.evaluate(() => {
    const element = document.querySelector("smooth-agent")!;
    element.login({ token: "ada" });
    element.open();
    element.send("Hello");
  });
  await page.getByText("Hello", { exact: true }).waitFor();
  letGo();
  expect(await created).toMatchObject({ authContext: { token: "ada" } });
  expect(await sent).toMatchObject({ message: "Hello" });
});

test("what was reset before that is not sent, and what follows is", async () => {
  await began();
  const sent = received("send_message");
  await page.evaluate(() => {
    const element = document.querySelector("smooth-agent")!;
    element.open();
    element.send("Of before");
    element.reset();
    element.send("Of now");
  });
  await page.getByText("Of now", { exact: true }).waitFor();
  expect(await bubbles()).toEqual(["Of now"]);
  letGo();
  expect(await sent).toMatchObject({ message: "Of now" });
  expect(await bubbles()).toEqual(["Of now"]);
});

test("that it could not be had is said, what is typed stays in the field, and a press tries again", async () => {
  await began();
  browser.gate.lost = (path) => path === chunk("conversation");
  letGo();
  const sent = received("send_message");
  await page.locator(".launcher").click();
  await missing().waitFor();
  await field().fill("Still here");
  await page.keyboard.press("Enter");
  expect(await field().inputValue()).toBe("Still here");
  expect(await bubbles()).toEqual([]);
  browser.gate.lost = () => false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Online").waitFor();
  expect(await missing().count()).toBe(0);
  await field().press("Enter");
  expect(await sent).toMatchObject({ message: "Still here" });
});
