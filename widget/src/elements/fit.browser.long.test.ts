import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { ConversationState } from "../state/conversation-state.js";
import {
  type BrowserFixture,
  type Screen,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";
import { approval, EDITABLE, form, openPanel, turnOf } from "./cards.fixture.js";
import { misfits } from "./fit.fixture.js";

let browser: BrowserFixture;
let page: TestPage | undefined;

beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(async () => {
  await page?.close();
});
afterAll(() => browser.close());

const WORD = "Donaudampfschifffahrtsgesellschaftskapitän ".repeat(3);
const PROSE = `# ${WORD}\n\n${WORD}https://example.com/${"a".repeat(120)}\n\n- ${WORD}\n\n|${WORD}|b|c|d|\n|-|-|-|-|\n|1|2|3|4|\n\n\`\`\`ts\n${"x".repeat(300)}\n\`\`\`\n\n> ${WORD}`;
const text = (words: string) => ({ type: "text", text: words }) as const;

const STATES: Record<string, Partial<ConversationState>> = {
  greeting: {
    agent: { name: WORD, greeting: PROSE, starters: [WORD, "Where is it?", "x".repeat(90)] },
  },
  answer: turnOf([
    { type: "reasoning", text: WORD },
    { type: "tool", toolCallId: "a", name: "find", title: WORD, arguments: {}, status: "failed" },
    text(PROSE),
  ]),
  approval: turnOf([
    text("May I?"),
    approval(
      {},
      {
        ...EDITABLE,
        risk: "high",
        title: WORD,
        summary: WORD,
        fields: [{ label: WORD, value: WORD }],
      },
    ),
  ]),
  form: turnOf([
    form({
      kind: "identity_intake",
      spec: { fields: [{ key: "name", required: true, label: WORD }, { key: "email" }] },
    }),
  ]),
  code: {
    otp: {
      turnId: "t",
      actionDescription: WORD,
      status: "sent",
      channel: "email",
      channels: ["email", "sms", "phone"],
      maskedDestination: "a***@example.com",
      attemptsRemaining: 1,
      error: WORD,
      expiresAt: Date.now() + 300_000,
    },
  },
  trouble: {
    connection: { status: "reconnecting", attempt: 1, retryAt: Date.now() + 9_000 },
    handOff: { state: "active", name: WORD },
    transcript: [
      { kind: "visitor", id: "v", text: WORD, at: 1, delivery: "waiting" },
      { kind: "visitor", id: "w", text: WORD, at: 1, delivery: "refused" },
      {
        kind: "agent",
        id: "t",
        at: 1,
        parts: [],
        status: "failed",
        error: { code: "RATE_LIMITED", message: "", retryable: true },
      },
    ],
  },
};

const SCREENS: Record<string, Screen> = {
  "320 pixels": { width: 320, height: 568, touch: true },
  "a computer's window at 200 %": { width: 640, height: 400 },
  "a phone on its side": { width: 740, height: 360, touch: true },
  "a window": { width: 900, height: 700 },
};

const cases = Object.keys(SCREENS).flatMap((screen) =>
  (["ltr", "rtl"] as const).map((dir) => [screen, dir] as const),
);

test.each(cases)(
  "on %s that reads %s nothing is cut off, covered or too small to hit",
  async (screen, dir) => {
    const found: Record<string, string[]> = {};
    for (const [name, state] of Object.entries(STATES)) {
      await page?.close();
      page = await openPanel(browser, state, SCREENS[screen]);
      await page.evaluate((direction) => (document.documentElement.dir = direction), dir);
      // Cards are fetched when they are first needed.
      if (["approval", "form", "code"].includes(name)) await page.locator(".card").waitFor();
      const wrong = [...(await misfits(page)), ...page.faults];
      if (wrong.length > 0) found[name] = wrong;
    }
    expect(found).toEqual({});
  },
  60_000,
);

test("under forced colours, what only its colour set apart has an outline, and so has the focus", async () => {
  const { transcript = [] } = turnOf([text("Done.")], {
    status: "failed",
    error: { code: "RATE_LIMITED", message: "", retryable: true },
  });
  page = await openPanel(browser, {
    transcript: [
      { kind: "visitor", id: "v", text: "Hi", at: 1, delivery: "sent" },
      { kind: "person", id: "p", messageId: "p", name: "Ana", text: "Hello", at: 1 },
      ...transcript,
    ],
  });
  const widths = () =>
    page?.evaluate(() =>
      [".bubble", ".person", ".failure", ".send", ".launcher", ".panel"].map((selector) => {
        const node = globalThis.element.shadowRoot?.querySelector(selector);
        return node ? parseFloat(getComputedStyle(node).borderTopWidth) : undefined;
      }),
    );
  expect(await widths()).toEqual([0, 0, 0, 0, 0, 0]);
  await page.emulateMedia({ forcedColors: "active" });
  for (const width of (await widths()) ?? []) expect(width).toBeGreaterThan(0);
  await page.getByRole("textbox", { name: "Write a message" }).focus();
  const composer = page.locator(".composer");
  expect(await composer.evaluate((node) => getComputedStyle(node).outlineStyle)).toBe("solid");
});

test("on a page that reads from the right, a short text of another script stands at the right", async () => {
  page = await openPanel(browser, {
    handOff: { state: "active", name: "Ana" },
    transcript: [
      {
        kind: "agent",
        id: "t",
        at: 1,
        status: "completed",
        parts: [
          {
            type: "tool",
            toolCallId: "a",
            name: "x",
            title: "Find",
            arguments: {},
            status: "succeeded",
          },
          approval({ status: "succeeded" }),
        ],
      },
    ],
  });
  await page.evaluate(() => (document.documentElement.dir = "rtl"));
  await page.locator(".card h3").waitFor();
  for (const selector of [".name", ".hand-off > span:last-child", ".tool > span", ".card h3"]) {
    const align = await page
      .locator(selector)
      .first()
      .evaluate((node) => getComputedStyle(node).textAlign);
    expect([selector, align]).toEqual([selector, "right"]);
  }
});
