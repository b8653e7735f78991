import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { AgentEntry, ToolPart } from "../state/conversation-state.js";
import {
  become,
  type BrowserFixture,
  play,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";

const HOST =
  '<input id="host"><smooth-agent agent-id="a"><p slot="footer"><a href="#own">Own</a></p></smooth-agent>' +
  '<input id="after"><script src="/smooth-agent.js"></script>';
const LEAKS = [
  "keydown",
  "keyup",
  "keypress",
  "beforeinput",
  "input",
  "paste",
  "copy",
  "compositionend",
];

let browser: BrowserFixture;
let page: TestPage;

beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(() => page.close());
afterAll(() => browser.close());

const field = () => page.getByRole("textbox", { name: "Write a message" });

async function opened(size = {}): Promise<void> {
  page = await browser.open(HOST, size);
  await play(page);
  await page.getByRole("button", { name: "Open the chat" }).click();
  await expect.poll(focusedName).toBe("Write a message");
}

/** What a person would call the focused control. */
async function focusedName(): Promise<string> {
  return page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    return active?.getAttribute("aria-label") ?? (active?.id || active?.textContent?.trim() || "");
  });
}

async function walk(key: string, times: number): Promise<string[]> {
  const names: string[] = [];
  for (let count = 0; count < times; count += 1) {
    await page.keyboard.press(key);
    names.push(await focusedName());
  }
  return names;
}

describe("what is typed in the panel", () => {
  test("reaches no hotkey of the page; what is typed in the host's own slot does", async () => {
    await opened();
    await page.evaluate((types) => {
      Object.assign(globalThis, { leaked: [] });
      for (const type of types) {
        document.addEventListener(type, () => Reflect.get(globalThis, "leaked").push(type));
      }
    }, LEAKS);
    const leaked = () =>
      page.evaluate(() => Reflect.get(globalThis, "leaked").splice(0) as string[]);
    await field().press("k");
    await field().press("Control+A");
    await field().press("Control+C");
    await field().press("Control+V");
    await field().dispatchEvent("compositionend", { bubbles: true, composed: true });
    expect(await leaked()).toEqual([]);
    expect(await field().inputValue()).toBe("k");
    await page.getByRole("link", { name: "Own" }).press("k");
    expect(await leaked()).toEqual(["keydown", "keypress", "keyup"]);
  });

  test("Escape closes nothing that an input method or something inside makes use of", async () => {
    await opened();
    const escape = { key: "Escape", bubbles: true, composed: true, cancelable: true };
    await field().dispatchEvent("keydown", { ...escape, isComposing: true });
    await field().evaluate((node) => {
      node.addEventListener("keydown", (event) => event.preventDefault(), { once: true });
    });
    await field().press("Escape");
    expect(await page.getByRole("dialog").isVisible()).toBe(true);
    await field().press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  });
});

describe("Tab", () => {
  test("stays inside a sheet that covers the page, in both directions, and comes back from outside", async () => {
    await opened({ width: 360, height: 640 });
    expect(await page.getByRole("dialog").getAttribute("aria-modal")).toBe("true");
    const round = await walk("Tab", 16);
    const first = round.indexOf("Close the chat");
    expect(round).not.toContain("host");
    expect(round).not.toContain("after");
    expect(round).toContain("Own");
    const length = round.indexOf("Close the chat", first + 1) - first;
    expect(length).toBeGreaterThan(3);
    const back = await walk("Shift+Tab", length);
    expect(new Set(back)).toEqual(new Set(round.slice(first, first + length)));
    await page.evaluate(() => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      if (active instanceof HTMLElement) active.blur();
    });
    await page.keyboard.press("Tab");
    expect(await focusedName()).toBe("Close the chat");
    await page.setViewportSize({ width: 1000, height: 700 });
    await expect.poll(() => page.getByRole("dialog").getAttribute("aria-modal")).toBe(null);
  });

  test("leaves a panel that only floats over the page", async () => {
    await opened();
    expect(await walk("Tab", 4)).toContain("after");
  });
});

test("F6 goes from question to question, then to the field, and round again", async () => {
  await opened();
  const part = (toolCallId: string, title: string): ToolPart => ({
    type: "tool",
    toolCallId,
    name: "refund",
    arguments: {},
    status: "awaiting",
    confirmation: {
      toolId: "refund",
      actionDescription: title,
      toolCallId,
      toolName: "refund",
      title,
      summary: "",
      fields: [],
      arguments: {},
      risk: "low",
      expiresAt: Date.now() + 600_000,
    },
  });
  const parts = [part("c1", "Refund the cup"), part("c2", "Refund the plate")];
  const entry: AgentEntry = { kind: "agent", id: "t1", at: 1, status: "parked", parts };
  await become(page, { transcript: [entry], activeTurnId: "t1" });
  const stops: string[] = [];
  for (let count = 0; count < 4; count += 1) {
    await page.keyboard.press("F6");
    stops.push(await focusedName());
  }
  expect(stops).toEqual(["card-c1", "card-c2", "Write a message", "card-c1"]);
});
