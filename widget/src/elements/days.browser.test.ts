import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { become, type BrowserFixture, startBrowser, type TestPage } from "./browser.fixture.js";
import { answered, asked, openTalk } from "./talk.fixture.js";

let browser: BrowserFixture;
let page: TestPage;

beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(() => page.close());
afterAll(() => browser.close());

const NOON = new Date().setHours(12, 0, 0, 0);
const on = (daysAgo: number) => ({
  at: new Date(NOON).setDate(new Date(NOON).getDate() - daysAgo),
});
const days = () => page.locator(".day").allInnerTexts();

test("a day is told above its first message, in the element's language", async () => {
  const transcript = [
    asked("1", "A", on(1)),
    answered("1", "B", on(1)),
    asked("2", "C", on(0)),
    answered("2", "D", on(0)),
  ];
  page = await openTalk(browser, { transcript }, { attributes: 'locale="de"' });
  expect(await days()).toEqual(["Gestern", "Heute"]);
  const [date] = await page
    .locator(".day time")
    .evaluateAll((all) => all.map((each) => (each as HTMLTimeElement).dateTime));
  expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
  const time = page.locator(".agent time").last();
  expect(await time.innerText()).toBe("12:00");
  expect(await time.getAttribute("datetime")).toBe(new Date(NOON).toISOString());

  // Older history above takes the day's line along.
  await become(page, { transcript: [asked("0", "Before", on(1)), ...transcript] });
  expect(await days()).toEqual(["Gestern", "Heute"]);
  expect(await page.locator(".entry").first().locator(".day").count()).toBe(1);
  expect(page.faults).toEqual([]);
});

test("a conversation of today only does not say so", async () => {
  page = await openTalk(browser, { transcript: [asked("1", "A"), answered("1", "B")] });
  expect(await days()).toEqual([]);
});
