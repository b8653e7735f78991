import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  become,
  type BrowserFixture,
  calls,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";
import { answered, asked, openTalk } from "./talk.fixture.js";

let browser: BrowserFixture;
let page: TestPage;

beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(() => page.close());
afterAll(() => browser.close());

const TALK = [asked("1", "Where is it?"), answered("1", "On its way.")];
const KNOWN = { transcript: TALK, mayList: true, conversationId: "c2" };
const DAY = 86_400_000;
const summary = (conversationId: string, title: string, messageCount = 2) => ({
  conversationId,
  title,
  messageCount,
  updatedAt: new Date(Date.now() - DAY).toISOString(),
});
const LISTED = [summary("c2", "Where is it?"), summary("c0", "", 0), summary("c1", "A broken mug")];
const menuButton = () => page.getByRole("button", { name: "Menu" });
const item = (name: string) => page.getByRole("menuitem", { name });
const focused = () => page.evaluate(() => globalThis.element.shadowRoot?.activeElement?.id);
const made = async (name: string) => (await calls(page)).filter(([each]) => each === name);

test("the menu is walked with the keys, and gives the focus back", async () => {
  page = await openTalk(browser, KNOWN);
  await menuButton().press("ArrowDown");
  await item("New conversation").waitFor();
  await expect.poll(focused).toBe("menu-new");
  await page.keyboard.press("ArrowDown");
  expect(await focused()).toBe("menu-earlier");
  await page.keyboard.press("ArrowDown");
  expect(await focused()).toBe("menu-new");
  await page.keyboard.press("End");
  expect(await focused()).toBe("menu-earlier");
  expect(await menuButton().getAttribute("aria-expanded")).toBe("true");
  await page.keyboard.press("Escape");
  await item("New conversation").waitFor({ state: "detached" });
  expect(await focused()).toBe("menu-button");
  expect(await page.getByRole("dialog").isVisible()).toBe(true);
});

test("a press beside the menu closes it", async () => {
  page = await openTalk(browser, KNOWN);
  await menuButton().click();
  await item("New conversation").waitFor();
  await expect.poll(focused).toBe("menu-new");
  await page.getByRole("textbox", { name: "Write a message" }).click();
  await item("New conversation").waitFor({ state: "detached" });
  expect(await page.getByRole("textbox", { name: "Write a message" }).isVisible()).toBe(true);
});

test("a new conversation is begun, and what runs is said to go on", async () => {
  page = await openTalk(browser, { ...KNOWN, activeTurnId: "1" });
  await menuButton().click();
  await page.getByText("The answer goes on in the earlier conversation.").waitFor();
  await item("New conversation").click();
  expect(await made("startNew")).toEqual([["startNew"]]);
  await item("New conversation").waitFor({ state: "detached" });
});

test("nobody whom the page does not vouch for is offered earlier conversations", async () => {
  page = await openTalk(browser, { transcript: TALK });
  await menuButton().click();
  await item("New conversation").waitFor();
  expect(await item("Earlier conversations").count()).toBe(0);
});

test("an untouched conversation of a stranger has no menu", async () => {
  page = await openTalk(browser, {});
  expect(await menuButton().count()).toBe(0);
});

test("earlier conversations are listed and gone on with", async () => {
  page = await openTalk(browser, KNOWN);
  await menuButton().click();
  await item("Earlier conversations").click();
  await page.getByRole("heading", { name: "Earlier conversations" }).waitFor();
  await expect.poll(focused).toBe("earlier-title");
  expect(await made("list")).toEqual([["list"]]);
  await page.getByText("Loading…").waitFor();
  await become(page, { conversations: { loading: false, failed: false, items: LISTED } });
  const rows = page.locator(".earlier-list li");
  expect(await rows.allInnerTexts()).toEqual([
    "Where is it?\nThis conversation",
    "A broken mug\nYesterday",
  ]);
  expect(await rows.locator("[aria-current=true]").innerText()).toContain("Where is it?");
  await rows.getByText("A broken mug").click();
  expect(await made("continue")).toEqual([["continue", "c1"]]);
  await page.getByText("On its way.").waitFor();
});

test("the present one only leads back, and so do Escape and the button", async () => {
  const conversations = { loading: false, failed: false, items: LISTED };
  page = await openTalk(browser, { ...KNOWN, conversations });
  const open = async () => {
    await menuButton().click();
    await item("Earlier conversations").click();
    await page.locator(".earlier-list li").first().waitFor();
  };
  await open();
  await page.locator(".earlier-list").getByText("Where is it?").click();
  await page.getByText("On its way.").waitFor();
  expect(await made("continue")).toEqual([]);
  await open();
  await expect.poll(focused).toBe("earlier-title");
  await page.keyboard.press("Escape");
  await page.getByText("On its way.").waitFor();
  expect(await focused()).toBe("menu-button");
  await open();
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByText("On its way.").waitFor();
  expect(await page.getByRole("dialog").isVisible()).toBe(true);
});

test("a long list begins at its top, is left by Escape from anywhere, and gives the reading place back", async () => {
  const items = Array.from({ length: 40 }, (_, n) => summary(`c${n + 1}`, `Question ${n + 1}`));
  const long = Array.from({ length: 12 }, (_, n) => answered(`${n}`, "Word. ".repeat(60)));
  page = await openTalk(browser, { ...KNOWN, transcript: long });
  const transcript = page.locator("[part=transcript]");
  const top = () => transcript.evaluate((node) => node.scrollTop);
  await expect.poll(top).toBeGreaterThan(500);
  await transcript.evaluate((node) => node.scrollTo(0, 300));
  await page.getByRole("button", { name: "New messages" }).waitFor();
  await menuButton().click();
  await item("Earlier conversations").click();
  await page.getByText("Loading…").waitFor();
  await become(page, { conversations: { loading: false, failed: false, items } });
  const list = page.locator(".earlier-list");
  await list.locator("li").first().waitFor();
  const box = list.locator("xpath=ancestor::*[contains(@class, 'scroller')]");
  expect(await box.evaluate((node) => node.scrollTop)).toBe(0);
  expect(await box.evaluate((node) => node.scrollHeight > node.clientHeight)).toBe(true);
  expect(await transcript.isVisible()).toBe(false);
  await page.locator(".header").getByRole("button", { name: "Close the chat" }).press("Escape");
  await list.waitFor({ state: "detached" });
  expect(await page.getByRole("dialog").isVisible()).toBe(true);
  expect(await top()).toBe(300);
  expect(await focused()).toBe("menu-button");
});

test("a menu that cannot be fetched says so, is not called open, and comes once it can be had", async () => {
  const path = [...browser.files.keys()].find((each) => each.includes("/extras-"));
  browser.gate.lost = (each) => each === path;
  try {
    page = await openTalk(browser, KNOWN);
    await menuButton().click();
    await page.getByText("This part of the chat could not be loaded.").waitFor();
    expect(await menuButton().getAttribute("aria-expanded")).toBe("false");
    expect(await item("New conversation").count()).toBe(0);
    await page.keyboard.press("Escape");
    await page
      .getByText("This part of the chat could not be loaded.")
      .waitFor({ state: "detached" });
    expect(await page.getByRole("dialog").isVisible()).toBe(true);
    await menuButton().click();
    await page.getByText("This part of the chat could not be loaded.").waitFor();
    browser.gate.lost = () => false;
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await item("New conversation").waitFor();
    expect(await menuButton().getAttribute("aria-expanded")).toBe("true");
  } finally {
    browser.gate.lost = () => false;
  }
});

test("none of the menu's keys reach the page", async () => {
  page = await openTalk(browser, KNOWN);
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    document.addEventListener("keydown", ({ key }) => heard.push(key));
  });
  await menuButton().press("ArrowDown");
  await expect.poll(focused).toBe("menu-new");
  for (const key of ["ArrowDown", "Home", "End", "Escape"]) await page.keyboard.press(key);
  expect(await page.evaluate(() => Reflect.get(globalThis, "heard") as unknown)).toEqual([]);
});

test("the focus stays in the chat when an earlier conversation takes the place of this one", async () => {
  const conversations = { loading: false, failed: false, items: LISTED };
  page = await openTalk(browser, { ...KNOWN, conversations });
  await page.evaluate(() => {
    globalThis.played.continue = (conversationId) => {
      globalThis.played.become({ conversationId: undefined, transcript: [], mayList: false });
      globalThis.played.become({ conversationId, mayList: true });
    };
  });
  await menuButton().click();
  await item("Earlier conversations").click();
  await page.locator(".earlier-list").getByText("A broken mug").click();
  await page.locator(".earlier-list").waitFor({ state: "detached" });
  const field = page.getByRole("textbox", { name: "Write a message" });
  await expect.poll(() => field.evaluate((node) => node.matches(":focus"))).toBe(true);
});

test("a list that cannot be had says so and is asked for again; an empty one says that", async () => {
  const failed = { loading: false, failed: true, items: [] };
  page = await openTalk(browser, { ...KNOWN, conversations: failed });
  await menuButton().click();
  await item("Earlier conversations").click();
  await page.getByText("The list could not be loaded.").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  expect(await made("list")).toEqual([["list"], ["list"]]);
  await become(page, { conversations: { loading: false, failed: false, items: [] } });
  await page.getByText("There are no earlier conversations.").waitFor();
});
