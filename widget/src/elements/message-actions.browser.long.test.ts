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

const TALK = [
  asked("1", "Where is it?"),
  answered("1", "On its **way**."),
  asked("2", "When?"),
  answered("2", "On *Monday*."),
];
const button = (name: string) => page.getByRole("button", { name, exact: true });
const rated = async () => (await calls(page)).filter(([name]) => name === "rate");

test("an answer is copied as it was written, and so is a question", async () => {
  page = await openTalk(browser, { transcript: TALK });
  await page.evaluate(() => {
    const copied: string[] = [];
    Object.assign(globalThis, { copied });
    Object.defineProperty(navigator, "clipboard", {
      value: { writeText: async (text: string) => void copied.push(text) },
    });
  });
  for (const index of [1, 0]) await button("Copy").nth(index).click();
  await page.locator(".action[data-copied]").first().waitFor();
  expect(await page.evaluate(() => Reflect.get(globalThis, "copied"))).toEqual([
    "On its **way**.",
    "Where is it?",
  ]);
});

test("a rating is pressed, changed and taken back", async () => {
  page = await openTalk(browser, { transcript: TALK });
  const pressed = () =>
    page
      .locator(".agent")
      .last()
      .locator("[aria-pressed]")
      .evaluateAll((thumbs) => thumbs.map((thumb) => thumb.ariaPressed));
  await button("Good answer").last().click();
  await expect.poll(pressed).toEqual(["true", "false"]);
  await button("Bad answer").last().click();
  await expect.poll(pressed).toEqual(["false", "true"]);
  await button("Bad answer").last().click();
  await expect.poll(pressed).toEqual(["false", "false"]);
  expect(await page.locator(".comment").count()).toBe(0);
  expect(await rated()).toEqual([
    ["rate", "2", "up"],
    ["rate", "2", "down"],
    ["rate", "2", null],
  ]);
});

test("a comment is kept on Escape, which closes only its field, and is sent with thanks", async () => {
  page = await openTalk(browser, { transcript: TALK });
  await button("Bad answer").last().click();
  const field = page.getByRole("textbox", { name: "Anything to add?" });
  await field.fill("It does not say which.");
  await field.press("Escape");
  await field.waitFor({ state: "detached" });
  expect(await page.getByRole("dialog").isVisible()).toBe(true);
  const focused = () =>
    page.evaluate(() => globalThis.element.shadowRoot?.activeElement?.getAttribute("aria-label"));
  await expect.poll(focused).toBe("Bad answer");
  await button("Add a comment").click();
  expect(await field.inputValue()).toBe("It does not say which.");
  await expect.poll(() => field.evaluate((element) => element.matches(":focus"))).toBe(true);
  // Another token re-renders all and takes nothing of it.
  await become(page, { transcript: [...(await state()), answered("3", "More.")] });
  expect(await field.inputValue()).toBe("It does not say which.");
  await page.locator(".comment").getByRole("button", { name: "Send" }).click();
  await page.getByText("Thank you for your feedback.").waitFor();
  expect(await field.count()).toBe(0);
  expect(await focused()).toBe("Bad answer");
  expect((await rated()).at(-1)).toEqual(["rate", "2", "down", "It does not say which."]);
  expect(await button("Add a comment").count()).toBe(0);
});

test("a comment has at most 1000 characters", async () => {
  page = await openTalk(browser, { transcript: TALK });
  await button("Good answer").last().click();
  const field = page.getByRole("textbox", { name: "Anything to add?" });
  await field.focus();
  await page.keyboard.insertText("x".repeat(1200));
  expect((await field.inputValue()).length).toBe(1000);
});

test("what could not be kept says so, and is tried again as it was", async () => {
  page = await openTalk(browser, { transcript: TALK });
  await button("Bad answer").last().click();
  await page.getByRole("textbox", { name: "Anything to add?" }).fill("Wrong day");
  await page.evaluate(() => void (globalThis.fails = true));
  await page.locator(".comment").getByRole("button", { name: "Send" }).click();
  await page.getByText("Your feedback was not saved.").waitFor();
  await page.evaluate(() => void (globalThis.fails = false));
  await button("Try again").click();
  await page.getByText("Thank you for your feedback.").waitFor();
  expect((await rated()).slice(1)).toEqual([
    ["rate", "2", "down", "Wrong day"],
    ["rate", "2", "down", "Wrong day"],
  ]);
});

test("what the record tells is pressed from the start, and what is not stored is not rated", async () => {
  const { messageId, ...unstored } = answered("3", "Hm.");
  const feedback = { rating: "up" as const, comment: "Nice", state: "kept" as const };
  page = await openTalk(browser, { transcript: [answered("1", "A", { feedback }), unstored] });
  expect(await button("Good answer").count()).toBe(1);
  expect(await button("Good answer").getAttribute("aria-pressed")).toBe("true");
  expect(messageId).toBe("a3");
});

test("they stand where nothing moves for them, big enough, and the last ones are always seen", async () => {
  page = await openTalk(browser, { transcript: TALK });
  const rows = page.locator(".agent > .actions");
  const opacity = (index: number) =>
    rows.nth(index).evaluate((row) => getComputedStyle(row).opacity);
  expect(await opacity(1)).toBe("1");
  expect(await opacity(0)).toBe("0");
  const tops = () =>
    page
      .locator(".entry")
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
  const before = await tops();
  await page.locator(".agent").first().hover();
  await expect.poll(() => opacity(0)).toBe("1");
  expect(await tops()).toEqual(before);
  await page.getByRole("textbox", { name: "Write a message" }).hover();
  await expect.poll(() => opacity(0)).toBe("0");
  await button("Bad answer").first().focus();
  await expect.poll(() => opacity(0)).toBe("1");
  for (const action of await page.locator(".action").all()) {
    const box = await action.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24);
  }
});

test("the end of an answer moves nothing above it", async () => {
  const running = answered("2", "On *Monday*.", { status: "running" });
  page = await openTalk(browser, { transcript: [...TALK.slice(0, 3), running], activeTurnId: "2" });
  const height = () =>
    page.locator(".entries").evaluate((list) => list.getBoundingClientRect().height);
  const before = await height();
  await become(page, { transcript: TALK, activeTurnId: undefined });
  expect(await height()).toBe(before);
});

test("the host puts its own beside them, on each answer and on the last", async () => {
  page = await openTalk(browser, { transcript: TALK });
  await page.evaluate(() => {
    const { element } = globalThis;
    for (const slot of ["message-actions", "message-actions-1"]) {
      const own = document.createElement("button");
      own.slot = slot;
      own.textContent = slot;
      element.append(own);
    }
  });
  const text = (index: number) =>
    page
      .locator(".agent")
      .nth(index)
      .locator("slot")
      .evaluateAll((slots) =>
        slots.flatMap((slot) =>
          (slot as HTMLSlotElement).assignedElements().map(({ textContent }) => textContent),
        ),
      );
  expect(await text(0)).toEqual(["message-actions-1"]);
  expect(await text(1)).toEqual(["message-actions"]);
});

function state() {
  return page.evaluate(() => globalThis.played.state.transcript);
}
