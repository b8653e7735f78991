import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TranscriptEntry } from "../state/conversation-state.js";
import { become, type BrowserFixture, calls, play, startBrowser } from "./browser.fixture.js";

let browser: BrowserFixture;
beforeAll(async () => (browser = await startBrowser()), 60_000);
afterAll(() => browser.close());

const BODY = `<script src="/smooth-agent.js"></script><smooth-agent agent-id="a1" endpoint="/" open></smooth-agent>`;
const ENTRIES = "smooth-agent .entry";

const said = (from: number, to: number): TranscriptEntry[] =>
  Array.from({ length: to - from }, (_, index): TranscriptEntry => {
    const text = `Message ${from + index}. ${"Some more words. ".repeat((index * 7) % 20)}`;
    return { kind: "visitor", id: `m${from + index}`, text, at: 1, delivery: "sent" };
  });

test("of a long transcript the end is drawn; going back draws more and moves nothing", async () => {
  const page = await browser.open(BODY);
  await play(page, { transcript: said(0, 300), history: { loading: false, hasMore: true } });
  await page.locator(ENTRIES, { hasText: "Message 299." }).waitFor();
  expect(await page.locator(ENTRIES).count()).toBe(50);
  expect(await fromEnd(page)).toBeLessThanOrEqual(1);

  for (let drawn = 100; drawn <= 300; drawn += 50) {
    const first = `Message ${300 - drawn + 50}.`;
    const before = await goToTop(page, first);
    await page
      .locator(ENTRIES)
      .nth(drawn - 1)
      .waitFor();
    expect(Math.abs((await topOf(page, first)) - before)).toBeLessThanOrEqual(1);
  }
  expect((await calls(page)).map(([name]) => name)).not.toContain("loadOlder");
  await goToTop(page, "Message 0.");
  await expect.poll(async () => (await calls(page)).map(([name]) => name)).toContain("loadOlder");

  const before = await goToTop(page, "Message 0.");
  await become(page, { transcript: said(-50, 300), history: { loading: false, hasMore: true } });
  expect(await page.locator(ENTRIES).count()).toBe(350);
  expect(Math.abs((await topOf(page, "Message 0.")) - before)).toBeLessThanOrEqual(1);
  await page.close();
});

test("what comes while the reader is far up takes nothing away; back at the end only the end is drawn", async () => {
  const page = await browser.open(BODY);
  await play(page, { transcript: said(0, 300) });
  await page.locator(ENTRIES, { hasText: "Message 299." }).waitFor();
  await goToTop(page, "Message 250.");
  await page.locator(ENTRIES).nth(99).waitFor();
  const before = await topOf(page, "Message 250.");
  await become(page, { transcript: said(0, 320) });
  expect(await page.locator(ENTRIES).count()).toBe(120);
  expect(await topOf(page, "Message 250.")).toBe(before);

  await page.locator("smooth-agent .to-end").click();
  await page.locator(ENTRIES).nth(50).waitFor({ state: "detached" });
  expect(await fromEnd(page)).toBeLessThanOrEqual(1);
  await page.close();
});

/** Scrolls to the beginning of what is drawn and tells where an entry was before anything came of it. */
function goToTop(page: Page, text: string): Promise<number> {
  return page.evaluate((wanted) => {
    const root = globalThis.element.shadowRoot;
    const scroller = root?.querySelector(".scroller");
    if (!root || !scroller) throw new Error("no scroller");
    scroller.scrollTop = 0;
    const entry = [...root.querySelectorAll(".entry")].find((each) =>
      each.textContent.includes(wanted),
    );
    return entry?.querySelector("article")?.getBoundingClientRect().top ?? NaN;
  }, text);
}

function topOf(page: Page, text: string): Promise<number> {
  return page
    .locator(ENTRIES, { hasText: text })
    .locator("article")
    .first()
    .evaluate((message) => message.getBoundingClientRect().top);
}

function fromEnd(page: Page): Promise<number> {
  return page
    .locator("smooth-agent .scroller")
    .evaluate((each) => each.scrollHeight - each.clientHeight - each.scrollTop);
}
