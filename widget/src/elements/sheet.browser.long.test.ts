import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type BrowserFixture, play, startBrowser, type TestPage } from "./browser.fixture.js";

const HOST = '<smooth-agent agent-id="a"></smooth-agent><script src="/smooth-agent.js"></script>';
const PHONE = { width: 390, height: 700 };
let browser: BrowserFixture;
let page: TestPage;

beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(async () => {
  await page.close();
  if (page.faults.length > 0) throw new Error(page.faults.join("\n"));
});
afterAll(() => browser.close());

/** A page taller than its window, whose router keeps something in the state of the history. */
async function shown(size = PHONE): Promise<void> {
  page = await browser.open(HOST, size);
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("body{block-size:3000px}");
    document.adoptedStyleSheets.push(sheet);
    history.replaceState({ route: "home" }, "");
    history.pushState({ route: "shop" }, "", "#shop");
  });
  const transcript = Array.from({ length: 30 }, (_, index) => {
    return { kind: "visitor", id: `${index}`, text: "Hi", at: 1, delivery: "sent" } as const;
  });
  await play(page, { transcript });
}

const panel = () => page.locator("#panel");
const isOpen = () => page.evaluate(() => globalThis.element.opened);
const route = () => page.evaluate(() => `${location.hash} ${history.state?.route}`);
const entries = () => page.evaluate(() => history.length);

async function open(): Promise<void> {
  await page.getByRole("button", { name: "Open the chat" }).click();
  await page.getByRole("dialog").waitFor();
}

test("the back gesture closes the sheet and leaves the page where it was", async () => {
  await shown();
  const before = await entries();
  await open();
  expect(await entries()).toBe(before + 1);
  expect(await route()).toBe("#shop shop");
  await page.goBack();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  expect(await route()).toBe("#shop shop");
  await page.goBack();
  expect(await route()).toBe(" home");
});

test("closed in another way, the sheet takes its entry back", async () => {
  await shown();
  for (const close of [
    () => page.getByRole("button", { name: "Close the chat" }).last().click(),
    () => page.evaluate(() => globalThis.element.close()),
  ]) {
    await open();
    await close();
    await page.waitForFunction(() => !("smoothAgentSheet" in history.state));
    expect(await route()).toBe("#shop shop");
    expect(await isOpen()).toBe(false);
  }
  await page.goBack();
  expect(await route()).toBe(" home");
});

test("a page that goes on while the sheet is open, or as it closes, is not moved", async () => {
  await shown();
  await open();
  await page.evaluate(() => history.pushState({ route: "cart" }, "", "#cart"));
  await page.evaluate(() => globalThis.element.close());
  await settled();
  expect(await route()).toBe("#cart cart");

  await open();
  await page.evaluate(() => {
    const go = () => history.pushState({ route: "paid" }, "", "#paid");
    globalThis.element.addEventListener("smooth-agent-close", go, { once: true });
    globalThis.element.close();
  });
  await settled();
  expect(await route()).toBe("#paid paid");
});

test("going back to the sheet from a page that went on leaves it open; once more closes it", async () => {
  await shown();
  await open();
  await page.evaluate(() => history.pushState({ route: "cart" }, "", "#cart"));
  await page.goBack();
  expect(await isOpen()).toBe(true);
  await page.goBack();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  expect(await route()).toBe("#shop shop");
});

test("closed and opened again at once, it has one entry, and back closes it", async () => {
  await shown();
  const before = await entries();
  await open();
  for (let time = 0; time < 3; time++) {
    await page.evaluate(async () => {
      globalThis.element.close();
      await globalThis.element.updateComplete;
      globalThis.element.open();
      await globalThis.element.updateComplete;
    });
  }
  await settled();
  expect(await entries()).toBe(before + 1);
  await page.goBack();
  await expect.poll(isOpen).toBe(false);
  expect(await route()).toBe("#shop shop");
});

test("no other form of the panel, and no script, touches the history", async () => {
  await shown({ width: 900, height: 700 });
  const before = await entries();
  await open();
  expect(await entries()).toBe(before);
  await page.evaluate(async () => {
    globalThis.element.mode = "inline";
    await globalThis.element.updateComplete;
  });
  await page.setViewportSize(PHONE);
  await settled();
  expect(await entries()).toBe(before);
  await page.close();

  await shown();
  const start = await entries();
  // What a test evaluates counts as an act of the visitor.
  await page.evaluate(() => {
    Object.defineProperty(navigator.userActivation, "isActive", { value: false });
  });
  await page.evaluate(() => globalThis.element.open());
  await page.getByRole("dialog").waitFor();
  await settled();
  expect(await entries()).toBe(start);
});

test("an open sheet fills the window, and nothing scrolls the page behind it", async () => {
  await shown();
  await open();
  expect(await panel().boundingBox()).toEqual({ x: 0, y: 0, ...PHONE });
  const scrolled = () => page.evaluate(() => scrollY);
  for (const [x, y] of [
    [100, 20],
    [100, 300],
    [100, 680],
  ] as const) {
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, 600);
    await settled();
    expect(await scrolled()).toBe(0);
  }
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.mouse.move(100, 300);
  await page.mouse.wheel(0, 600);
  await expect.poll(scrolled).toBeGreaterThan(0);
});

test("a sheet whose element is taken away lets the page scroll again", async () => {
  await shown();
  await open();
  await page.evaluate(() => globalThis.element.remove());
  await page.mouse.move(100, 300);
  await page.mouse.wheel(0, 600);
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
});

test("the sheet stands above the on-screen keyboard, and a pinch zoom is none", async () => {
  await shown();
  await open();
  const keyboard = (height: number, offsetTop: number, scale = 1) =>
    page.evaluate(
      (rest) => {
        const { visualViewport } = window;
        if (!visualViewport) return;
        for (const [key, value] of Object.entries(rest)) {
          Object.defineProperty(visualViewport, key, { configurable: true, value });
        }
        visualViewport.dispatchEvent(new Event("resize"));
      },
      { height, offsetTop, scale },
    );
  await keyboard(380, 24);
  expect(await panel().boundingBox()).toEqual({ x: 0, y: 24, width: 390, height: 380 });
  const foot = await page.locator(".foot").boundingBox();
  expect((foot?.y ?? 0) + (foot?.height ?? 0)).toBe(404);
  await keyboard(200, 0, 2);
  expect((await panel().boundingBox())?.height).toBe(380);
  await keyboard(700, 0);
  expect((await panel().boundingBox())?.height).toBe(700);
});

/** Two tasks and a frame: what was to happen to the history has happened. */
function settled(): Promise<void> {
  return page.evaluate(async () => {
    for (let time = 0; time < 3; time++) {
      await new Promise((resolve) => setTimeout(resolve));
      await new Promise(requestAnimationFrame);
    }
  });
}
