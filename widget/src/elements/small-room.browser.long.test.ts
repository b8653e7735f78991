import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type BrowserFixture, startBrowser, type TestPage } from "./browser.fixture.js";
import { approval, openPanel, turnOf } from "./cards.fixture.js";
import { answered, asked, openTalk } from "./talk.fixture.js";

let browser: BrowserFixture;
let page: TestPage;

beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(() => page.close());
afterAll(() => browser.close());

/** Where something stands; it is there once it is asked for. */
async function box(selector: string, index = 0) {
  const found = await page.locator(`smooth-agent ${selector}`).nth(index).boundingBox();
  if (!found) throw new Error(`${selector} is not drawn`);
  return found;
}

test.each([320, 360, 420])(
  "declining by a message leaves its field a line, %i px",
  async (width) => {
    page = await openPanel(browser, turnOf([approval()]), { width });
    await page.getByRole("textbox", { name: "Write a message" }).fill("No, a new bowl");
    await page.getByRole("button", { name: "Decline and send" }).waitFor();
    const { width: whole } = await box(".composer");
    expect((await box(".field")).width).toBeGreaterThan(whole - 16);
  },
);

test("the dots of a preamble stand behind its words, and there is one set of them", async () => {
  page = await openTalk(browser, {
    transcript: [
      asked("1", "Where?"),
      answered("1", "", { status: "running", parts: [], preamble: "Let me look…" }),
    ],
    activeTurnId: "1",
  });
  const words = await box(".preamble");
  const dots = await box(".thinking");
  expect(dots.x).toBeGreaterThan(words.x + 40);
  expect(dots.y).toBeLessThan(words.y + words.height);
  expect(words.height).toBeLessThan(30);
  expect(await page.locator(".thinking").count()).toBe(1);
});

test("code of no language has no bar above it, only the button", async () => {
  page = await openTalk(browser, { transcript: [answered("1", "```\na\n```\n\n```js\na\n```")] });
  const [bare, named] = [await box(".code pre", 0), await box(".code pre", 1)];
  const [top, topOfNamed] = [await box(".code", 0), await box(".code", 1)];
  expect(bare.y - top.y).toBeLessThan(3);
  expect(named.y - topOfNamed.y).toBeGreaterThan(20);
  const copy = await box(".code .copy");
  expect(copy.y + copy.height).toBeLessThan(top.y + top.height);
});

test("short suggestions share a row, and a long one has its own", async () => {
  page = await openTalk(browser, {
    transcript: [answered("1", "Well?", { suggestions: ["Yes", "No", "I ".repeat(60).trim()] })],
  });
  const [yes, no, long] = [
    await box(".starter", 0),
    await box(".starter", 1),
    await box(".starter", 2),
  ];
  expect(no.y).toBe(yes.y);
  expect(long.y).toBeGreaterThan(no.y);
  const room = await box(".entries");
  expect(long.width).toBeLessThanOrEqual(room.width);
});

test("long cells of a table are not squeezed, short ones take no more than they need", async () => {
  const row = "| 1 | the third of November | a slow and steady one | a wide shelf of oak |";
  page = await openTalk(
    browser,
    { transcript: [answered("1", `|a|b|c|d|\n|-|-|-|-|\n${row}`)] },
    { width: 360 },
  );
  expect((await box("td", 1)).width).toBeGreaterThan(100);
  expect((await box("td", 0)).width).toBeLessThan(60);
});
