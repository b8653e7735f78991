import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  type BrowserFixture,
  calls,
  play,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";

const SCRIPT = '<script src="/smooth-agent.js"></script>';
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

/** A page with the element in a box of 500 by 400 pixels, 60 pixels from the top. */
async function shown(attributes = "", head = ""): Promise<void> {
  page = await browser.open(
    `${head}<input id="host"><div id="box"><smooth-agent agent-id="a" ${attributes}></smooth-agent></div>${SCRIPT}`,
  );
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      "body{margin:0}#box{position:absolute;inset:60px auto auto 30px;inline-size:500px;block-size:400px}",
    );
    document.adoptedStyleSheets.push(sheet);
  });
  await play(page, {
    transcript: [{ kind: "visitor", id: "v", text: "Hi", at: 1, delivery: "sent" }],
  });
}

async function become(change: Record<string, unknown>): Promise<void> {
  await page.evaluate(async (next) => {
    Object.assign(globalThis.element, next);
    await globalThis.element.updateComplete;
  }, change);
}

const panel = () => page.locator("#panel");
const launcher = () => page.locator(".launcher");
const field = () => page.getByRole("textbox", { name: "Write a message" });

test("inline fills its container, without a launcher, a way to close it or the focus", async () => {
  await shown();
  await become({ mode: "inline" });
  await page.getByRole("region", { name: "Chat with Nora" }).waitFor();
  expect(await panel().boundingBox()).toEqual({ x: 30, y: 60, width: 500, height: 400 });
  expect(await panel().evaluate((node) => node.matches(":popover-open"))).toBe(false);
  expect(await launcher().count()).toBe(0);
  expect(await page.getByRole("button", { name: "Close the chat" }).count()).toBe(0);
  expect(await page.evaluate(() => document.activeElement?.localName)).toBe("body");
  expect(await calls(page)).toEqual([["open"]]);

  await field().focus();
  // Escape is left to the dialog, or whatever else, that the page put it into.
  await page.evaluate(() => {
    const note = (event: Event) => setTimeout(() => (document.title = `${event.defaultPrevented}`));
    window.addEventListener("keydown", note, true);
  });
  await page.keyboard.press("Escape");
  await expect.poll(() => page.title()).toBe("false");
  await page.evaluate(() => globalThis.element.close());
  await become({ opened: false });
  expect(await panel().isVisible()).toBe(true);
  expect(await page.evaluate(() => globalThis.element.opened)).toBe(true);
});

test("fullpage fills the window and keeps its lines short", async () => {
  await shown();
  await become({ mode: "fullpage" });
  await panel().waitFor();
  expect(await panel().boundingBox()).toEqual({ x: 0, y: 0, width: 900, height: 700 });
  const lines = await page.locator(".entries").boundingBox();
  expect(lines?.width).toBe(760);
  expect(await launcher().count()).toBe(0);
});

test("a mode that changes keeps the draft, its field and the conversation", async () => {
  await shown();
  await page.getByRole("button", { name: "Open the chat" }).click();
  await field().fill("half a sen");
  await page.evaluate(() => {
    const node = globalThis.element.shadowRoot?.querySelector("textarea");
    Object.assign(globalThis, { node });
  });
  for (const mode of ["inline", "fullpage", "popover", "inline", "popover"]) {
    await become({ mode });
    await panel().waitFor();
    expect(await panel().evaluate((node) => node.matches(":popover-open"))).toBe(
      mode === "popover",
    );
    expect(await launcher().count()).toBe(mode === "popover" ? 1 : 0);
    expect(await field().inputValue()).toBe("half a sen");
    expect(
      await page.evaluate(
        () =>
          Reflect.get(globalThis, "node") ===
          globalThis.element.shadowRoot?.querySelector("textarea"),
      ),
    ).toBe(true);
  }
  await page.getByRole("dialog").getByRole("button", { name: "Close the chat" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  expect((await calls(page)).filter(([name]) => name !== "open")).toEqual([]);
});

test("a hidden element shows nothing in any mode", async () => {
  await shown("hidden");
  for (const mode of ["popover", "inline", "fullpage"]) {
    await become({ mode });
    expect(await panel().isVisible()).toBe(false);
    expect(await launcher().isVisible()).toBe(false);
  }
});

test.each([
  ["bottom-end", "ltr", { right: 24, bottom: 30 }],
  ["bottom-start", "ltr", { left: 24, bottom: 30 }],
  ["top-end", "ltr", { right: 24, top: 30 }],
  ["top-start", "ltr", { left: 24, top: 30 }],
  ["bottom-end", "rtl", { left: 24, bottom: 30 }],
  ["top-start", "rtl", { right: 24, top: 30 }],
])("%s of a page that reads %s", async (position, dir, distances) => {
  await shown(`position="${position}"`);
  await page.evaluate((direction) => {
    document.documentElement.dir = direction;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      "smooth-agent{--smooth-agent-inset-inline:24px;--smooth-agent-inset-block:30px}",
    );
    document.adoptedStyleSheets.push(sheet);
  }, dir);
  const away = (box: { x: number; y: number; width: number; height: number } | null) => {
    const { x, y, width, height } = box ?? { x: 0, y: 0, width: 0, height: 0 };
    return { left: x, top: y, right: 900 - x - width, bottom: 700 - y - height };
  };
  expect(away(await launcher().boundingBox())).toMatchObject(distances);
  await launcher().click();
  await page.getByRole("dialog").waitFor();
  const { left, right, top, bottom } = away(await panel().boundingBox());
  const across = "left" in distances ? left : right;
  const along = "top" in distances ? top : bottom;
  expect([across, along]).toEqual([24, 30 + 56 + 14]);
  expect(Math.min(left, right, top, bottom)).toBeGreaterThanOrEqual(0);
});

test("the launcher wears its label, within its name, and counts what is new", async () => {
  await shown('launcher-label="Ask us"');
  const button = page.getByRole("button", { name: "Ask us: Open the chat" });
  expect(await button.innerText()).toBe("Ask us");
  const arrive = (id: string) =>
    page.evaluate(async (messageId) => {
      const { state } = globalThis.played;
      globalThis.played.become({
        transcript: [
          ...state.transcript,
          { kind: "person", id: messageId, messageId, name: "Ana", text: "Here.", at: 1 },
        ],
      });
      await globalThis.element.updateComplete;
    }, id);
  // The conversation is followed once it was opened.
  await button.click();
  await page.getByRole("dialog").waitFor();
  expect(await page.locator(".launcher-label").count()).toBe(0);
  await launcher().click();
  await arrive("p1");
  await arrive("p2");
  await expect.poll(() => page.locator(".badge").innerText()).toBe("2");
  const name = "Ask us: Open the chat, new message";
  await page.getByRole("button", { name }).click();
  await page.locator(".badge").waitFor({ state: "detached" });
});

test("a label longer than the window is cut, and nothing runs over the side", async () => {
  await shown(`launcher-label="${"long words ".repeat(20)}"`);
  await page.setViewportSize({ width: 320, height: 500 });
  const box = await launcher().boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(530);
});

test("compact closes up what comfortable leaves air", async () => {
  await shown();
  await become({ mode: "inline" });
  const height = async () => (await page.locator(".header").boundingBox())?.height ?? 0;
  const airy = await height();
  const size = () => panel().evaluate((node) => getComputedStyle(node).fontSize);
  expect(await size()).toBe("15px");
  await become({ density: "compact" });
  expect(await size()).toBe("14px");
  expect(await height()).toBeLessThan(airy);
});
