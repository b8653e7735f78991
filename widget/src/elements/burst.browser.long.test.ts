import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { AgentEntry, AgentPart } from "../state/conversation-state.js";
import {
  arrived,
  type BrowserFixture,
  play,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";
import { answered } from "./talk.fixture.js";

const HOST = '<smooth-agent agent-id="a"></smooth-agent><script src="/smooth-agent.js"></script>';
const FRAME_MS = 16;
const BEGINNING = "Here it is:";
const BURST = `${BEGINNING} ${"word ".repeat(80)}`.trim();
const EARLIER = Array.from({ length: 12 }, (_, n) => answered(`e${n}`, "Earlier. ".repeat(60)));

let browser: BrowserFixture;
let page: TestPage;
beforeAll(async () => void (browser = await startBrowser()), 60_000);
afterEach(() => page.close());
afterAll(() => browser.close());

const now = (text: string, change: Partial<AgentEntry> = {}) =>
  answered("now", text, { status: "running", ...change });

/** An opened panel with an answer that has begun, on a page whose time stands still. */
async function begun(reducedMotion: "reduce" | "no-preference" = "no-preference"): Promise<void> {
  page = await browser.open(HOST);
  await page.emulateMedia({ reducedMotion });
  await page.clock.install({ time: 0 });
  await page.goto(page.url());
  await play(page);
  await page.evaluate(() => globalThis.element.open());
  await page.getByRole("dialog").waitFor();
  await say(now(BEGINNING));
  await page.getByText(BEGINNING).waitFor();
  await arrived(page);
  await page.clock.pauseAt(60_000);
  expect((await frame()).text).toBe(BEGINNING);
}

/** The next thing the conversation says; it is not drawn before the next frame. */
const say = (entry: AgentEntry) =>
  page.evaluate(([before, entry]) => globalThis.played.become({ transcript: [...before, entry] }), [
    EARLIER,
    entry,
  ] as const);

/** Lets one frame pass, and tells what is shown of the answer then. */
async function frame(): Promise<{ text: string; isBusy: string | null }> {
  await page.clock.runFor(FRAME_MS);
  return page.evaluate(() => {
    const answer = [...(globalThis.element.shadowRoot?.querySelectorAll(".agent") ?? [])].at(-1);
    const text = answer?.querySelector(".prose")?.textContent.trim() ?? "";
    return { text, isBusy: answer?.ariaBusy ?? null };
  });
}

async function frames(count: number): Promise<string[]> {
  const shown: string[] = [];
  while (shown.length < count) shown.push((await frame()).text);
  return shown;
}

const top = () =>
  page.locator("[part=transcript]").evaluate((node) => ({
    top: node.scrollTop,
    fromEnd: node.scrollHeight - node.clientHeight - node.scrollTop,
  }));

test("a burst flows in over several frames, whole within 200 ms, the end in view all the way", async () => {
  await begun();
  await say(now(BURST));
  const shown: string[] = [];
  for (let count = 0; count < 12; count += 1) {
    shown.push((await frame()).text);
    await expect.poll(async () => (await top()).fromEnd).toBeLessThan(2);
  }
  expect(shown.at(-1)).toBe(BURST);
  expect(new Set(shown).size).toBeGreaterThanOrEqual(6);
  for (const text of shown) expect(BURST.startsWith(text)).toBe(true);
  const steps = shown.map((text, index) => text.length - (shown[index - 1]?.length ?? 0));
  expect(Math.max(...steps.slice(1))).toBeLessThan(100);
  expect(page.faults).toEqual([]);
});

test("the end of the turn shows everything at once", async () => {
  await begun();
  await say(now(BURST));
  expect((await frames(2)).at(-1)?.length).toBeLessThan(BURST.length);
  await say(now(`${BURST} And ${"more ".repeat(40)}.`, { status: "completed" }));
  const { text, isBusy } = await frame();
  expect(text).toMatch(/more \.$/);
  expect(isBusy).toBe("false");
});

test("a tool that begins after the text shows all of the text at once", async () => {
  await begun();
  const tool: AgentPart = {
    type: "tool",
    toolCallId: "t",
    name: "look",
    arguments: {},
    status: "executing",
  };
  await say(now("", { parts: [{ type: "text", text: BURST }, tool] }));
  expect((await frame()).text).toBe(BURST);
});

test("nothing flows where a render took so long that the next one waits", async () => {
  await begun();
  await page.evaluate(() => {
    const now = performance.now.bind(performance);
    let calls = 0;
    performance.now = () => now() + 10 * (calls += 1);
  });
  await say(now(`${BEGINNING} and`));
  await expect.poll(async () => (await frame()).text).toBe(`${BEGINNING} and`);
  await say(now(`${BEGINNING} and ${"word ".repeat(80)}.`));
  const shown = new Set(await frames(20));
  expect([...shown].map((text) => text.length)).toEqual([`${BEGINNING} and`.length, 417]);
});

test("nothing flows for who asked for no motion, in a hidden tab, or in frames that come late", async () => {
  await begun("reduce");
  await say(now(BURST));
  expect((await frame()).text).toBe(BURST);
  await page.close();

  await begun();
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { get: () => true });
    Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
  });
  await say(now(BURST));
  expect((await frame()).text).toBe(BURST);
  await page.close();

  await begun();
  await say(now(BURST));
  expect((await frame()).text.length).toBeLessThan(BURST.length);
  await page.clock.fastForward(70);
  expect((await frame()).text).toBe(BURST);
});

test("a reader who has scrolled up is not moved", async () => {
  await begun();
  await page.locator("[part=transcript]").evaluate((node) => node.scrollTo(0, 300));
  await expect
    .poll(async () => {
      await frame();
      return page.locator(".to-end").count();
    })
    .toBe(1);
  await say(now(BURST));
  for (let count = 0; count < 10; count += 1) {
    await frame();
    expect((await top()).top).toBe(300);
  }
  expect((await frame()).text).toBe(BURST);
});

test("a panel that is closed and opened meanwhile shows all of it", async () => {
  await begun();
  await say(now(BURST));
  await frame();
  await page.evaluate(() => globalThis.element.close());
  await frames(2);
  await page.evaluate(() => globalThis.element.open());
  expect((await frames(7)).at(-1)).toBe(BURST);
  expect(page.faults).toEqual([]);
});
