import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AgentEntry, ToolPart } from "../state/conversation-state.js";
import {
  become,
  type BrowserFixture,
  play,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";

const SCRIPT = '<script src="/smooth-agent.js"></script>';
const tag = (attributes = "") =>
  `<smooth-agent agent-id="a" ${attributes}></smooth-agent>${SCRIPT}`;

let browser: BrowserFixture;
let page: TestPage;

beforeAll(async () => {
  browser = await startBrowser();
});
beforeEach(() => {
  browser.gate.lost = () => false;
  browser.gate.held = undefined;
});
afterEach(() => page.close());
afterAll(() => browser.close());

const dialog = () => page.getByRole("dialog");
const set = (change: Record<string, unknown>) =>
  page.evaluate((given) => void Object.assign(globalThis.element, given), change);

async function opened(attributes = ""): Promise<void> {
  page = await browser.open(tag(attributes));
  await play(page);
  await page.evaluate(() => globalThis.element.open());
}

test("German: words, numbers and language are German, and nothing is English", async () => {
  await opened('locale="de-AT"');
  await dialog().getByRole("textbox", { name: "Nachricht schreiben" }).waitFor();
  expect(await dialog().getAttribute("lang")).toBe("de-AT");
  expect(await dialog().getAttribute("aria-label")).toBe("Chat mit Nora");
  await dialog().getByRole("textbox").fill("x".repeat(11_500));
  await dialog().getByText("1.500 Zeichen zu viel").waitFor();
  const part: ToolPart = {
    type: "tool",
    toolCallId: "c",
    name: "refund",
    arguments: {},
    status: "succeeded",
    verdict: { state: "decided", approved: true, at: Date.UTC(2020, 4, 3, 12), here: true },
    confirmation: {
      toolId: "refund",
      actionDescription: "Erstattung",
      toolCallId: "c",
      toolName: "refund",
      title: "Erstattung",
      summary: "",
      fields: [],
      arguments: {},
      risk: "low",
      expiresAt: 1,
    },
  };
  const entry: AgentEntry = { kind: "agent", id: "t", at: 1, status: "completed", parts: [part] };
  await become(page, { transcript: [entry] });
  await dialog().getByText("3. Mai").waitFor();
  const words = await dialog().evaluate((node) => {
    const labels = [...node.querySelectorAll("[aria-label]")].map((each) => each.ariaLabel);
    return [node.textContent, ...labels].join(" ");
  });
  expect(words).not.toMatch(/\b(send|close|message|write|the|you)\b/i);
});

test("Arabic: written from the right, unless the page says otherwise", async () => {
  await opened('locale="ar"');
  await dialog().getByRole("textbox", { name: "كتابة رسالة" }).waitFor();
  const direction = () => dialog().evaluate((node) => getComputedStyle(node).direction);
  expect(await direction()).toBe("rtl");
  await set({ locale: "fr" });
  await dialog().getByRole("textbox", { name: "Écrire un message" }).waitFor();
  await expect.poll(direction).toBe("ltr");
  await page.evaluate(() => void (document.documentElement.dir = "ltr"));
  await set({ locale: "ar" });
  await dialog().getByRole("textbox", { name: "كتابة رسالة" }).waitFor();
  expect(await direction()).toBe("ltr");
});

describe("which language", () => {
  test("that of the nearest element of the page, else of the page, and it may change", async () => {
    page = await browser.open(`<main lang="pt-BR">${tag()}</main>`);
    await play(page);
    const launcher = page.locator(".launcher");
    await expect.poll(() => launcher.getAttribute("aria-label")).toBe("Abrir o chat");
    await page.evaluate(() => document.querySelector("main")?.removeAttribute("lang"));
    await page.evaluate(() => void (document.documentElement.lang = "es-MX"));
    await expect.poll(() => launcher.getAttribute("aria-label")).toBe("Abrir el chat");
    await page.evaluate(() => void (globalThis.element.lang = "ja"));
    await expect.poll(() => launcher.getAttribute("aria-label")).toBe("チャットを開く");
    await set({ locale: "zh_Hans_CN" });
    await expect.poll(() => launcher.getAttribute("aria-label")).toBe("打开聊天");
    expect(await launcher.getAttribute("lang")).toBe("zh-Hans-CN");
    await set({ locale: "tlh" });
    await expect.poll(() => launcher.getAttribute("aria-label")).toBe("Open the chat");
    expect(await launcher.getAttribute("lang")).toBe("en");
    // What is no language at all is as if nothing was said.
    await set({ locale: "not a language" });
    await expect.poll(() => launcher.getAttribute("aria-label")).toBe("チャットを開く");
  });

  test("the host's own words stay, whatever the language", async () => {
    await opened('locale="de"');
    await set({ strings: { send: "Ab damit" } });
    await dialog().getByRole("button", { name: "Ab damit" }).waitFor();
    await set({ locale: "fr" });
    await dialog().getByRole("textbox", { name: "Écrire un message" }).waitFor();
    expect(await dialog().getByRole("button", { name: "Ab damit" }).count()).toBe(1);
  });
});

describe("while the words are on their way", () => {
  test("an opening panel waits for them a moment, and shows no English in between", async () => {
    let release = () => undefined as void;
    browser.gate.held = new Promise((resolve) => void (release = resolve));
    page = await browser.open(tag('locale="de"'));
    await play(page);
    await page.evaluate(() => {
      const shown: string[] = [];
      Object.assign(globalThis, { shown });
      const root = globalThis.element.shadowRoot;
      const look = () => void shown.push(root?.querySelector("textarea")?.ariaLabel ?? "");
      new MutationObserver(look).observe(root as Node, { subtree: true, childList: true });
      globalThis.element.open();
    });
    release();
    await dialog().getByRole("textbox", { name: "Nachricht schreiben" }).waitFor();
    expect(await page.evaluate(() => Reflect.get(globalThis, "shown"))).not.toContain(
      "Write a message",
    );
  });

  test("it is English when they cannot be had, and theirs as soon as they can", async () => {
    browser.gate.lost = (path) => path.includes("locale-de");
    await opened('locale="de"');
    await dialog().getByRole("textbox", { name: "Write a message" }).waitFor();
    expect(await dialog().getAttribute("lang")).toBe("en");
    await become(page, {});
    browser.gate.lost = () => false;
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await dialog().getByRole("textbox", { name: "Nachricht schreiben" }).waitFor();
  });
});
