import type { Citation } from "@smooth-agent/protocol";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type BrowserFixture, startBrowser, type TestPage } from "./browser.fixture.js";
import { answered, asked, openTalk } from "./talk.fixture.js";

let browser: BrowserFixture;
let page: TestPage;

beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(() => page.close());
afterAll(() => browser.close());

const RETURNS = { id: "d1", title: "Returns", url: "https://shop.example/returns" };

/** An answer with these sources, once what draws it is there. */
async function answeredFrom(citations: Citation[]): Promise<void> {
  page = await openTalk(browser, {
    transcript: [asked("1", "How long?"), answered("1", "**30** days.", { citations })],
  });
  await page.getByRole("button", { name: "Good answer" }).waitFor();
  await page.locator(".prose strong").waitFor();
}

test("an ended answer names its sources, each by its title and its host", async () => {
  await answeredFrom([RETURNS, { id: "d2", title: "Broken on the way" }]);
  const list = page.getByRole("list", { name: "Sources" });
  expect(await list.getByRole("listitem").allInnerTexts()).toEqual([
    "Returns shop.example",
    "Broken on the way",
  ]);
  const link = list.getByRole("link");
  expect(await link.count()).toBe(1);
  expect(await link.getAttribute("href")).toBe("https://shop.example/returns");
  expect(await link.getAttribute("rel")).toBe("noopener noreferrer nofollow ugc");
  expect((await link.boundingBox())?.height).toBeGreaterThanOrEqual(24);
});

test("an answer that is not over, or names none, shows none", async () => {
  page = await openTalk(browser, {
    transcript: [
      answered("1", "Done.", { citations: [] }),
      answered("2", "On", { status: "running", citations: [RETURNS] }),
    ],
    activeTurnId: "2",
  });
  await page.getByRole("button", { name: "Good answer" }).waitFor();
  expect(await page.getByText("Sources").count()).toBe(0);
});

test("the page is asked before a source is opened, as before a link of the answer", async () => {
  await answeredFrom([RETURNS]);
  const asks = page.evaluate(
    () =>
      new Promise((resolve) =>
        document.addEventListener("smooth-agent-link-click", (event) => {
          event.preventDefault();
          resolve(event.href);
        }),
      ),
  );
  await page.getByRole("link", { name: "Returns" }).click();
  expect(await asks).toBe("https://shop.example/returns");
  expect(page.context().pages()).toHaveLength(1);
});

test("only an address of the web is a link, its real host in view; a title hides and marks nothing", async () => {
  await answeredFrom([
    { id: "1", title: "Script", url: "javascript:alert(1)" },
    { id: "2", title: "Mail", url: "mailto:a@b.example" },
    { id: "3", title: "Own page", url: "/returns" },
    { id: "4", title: "https://bank.example", url: "https://evil.example/" },
    { id: "5", title: "\u202Egnp.exe <b>**x**</b>", url: "https://b\u00FCcher.example/" },
    { id: "6", title: "  ", url: "http://blank.example:8080/" },
    { id: "7", title: " " },
    { id: "8", title: "w".repeat(5000) },
  ]);
  const sources = page.getByRole("list", { name: "Sources" });
  expect(await sources.getByRole("listitem").allInnerTexts()).toEqual([
    "Script",
    "Mail",
    "Own page",
    "https://bank.example evil.example",
    "⟨U+202E⟩gnp.exe <b>**x**</b> xn--bcher-kva.example",
    "blank.example:8080",
    `${"w".repeat(120)}…`,
  ]);
  expect(await sources.getByRole("link").count()).toBe(3);
  expect(page.faults).toEqual([]);
  const overflow = await page
    .locator(".scroller")
    .evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
  expect(overflow).toBe(0);
});

test("there are eight at most", async () => {
  await answeredFrom(Array.from({ length: 20 }, (_, index) => ({ id: `${index}`, title: "D" })));
  expect(await page.getByRole("list", { name: "Sources" }).getByRole("listitem").count()).toBe(8);
});
