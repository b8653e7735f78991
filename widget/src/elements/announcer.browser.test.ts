import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { AgentEntry, ConversationState } from "../state/conversation-state.js";
import {
  become,
  type BrowserFixture,
  play,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";

const HOST = '<smooth-agent agent-id="a"></smooth-agent><script src="/smooth-agent.js"></script>';
const LONG = Array.from({ length: 40 }, (_, n) => `Sentence number ${n} has some words.`);

let browser: BrowserFixture;
let page: TestPage;

beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(() => page.close());
afterAll(() => browser.close());

declare global {
  var spoken: string[];
}

/** A page that notes what is put into the live region, as a screen reader does. */
async function listening(): Promise<void> {
  page = await browser.open(HOST);
  await page.clock.install();
  await play(page);
  await page.evaluate(() => {
    globalThis.spoken = [];
    const region = globalThis.element.shadowRoot?.querySelector("[aria-live=polite]");
    if (!region) throw new Error("no live region");
    new MutationObserver((changes) => {
      for (const change of changes) {
        for (const node of change.addedNodes) globalThis.spoken.push(node.textContent ?? "");
      }
    }).observe(region, { childList: true, characterData: true, subtree: true });
    globalThis.element.open();
  });
  await page.getByRole("dialog").waitFor();
}

const spoken = () => page.evaluate(() => globalThis.spoken.splice(0));
const region = () => page.locator("[aria-live=polite]");

async function answered(text: string, change: Partial<AgentEntry> = {}): Promise<void> {
  const entry: AgentEntry = {
    kind: "agent",
    id: "t1",
    at: 1,
    status: "running",
    parts: [],
    ...change,
  };
  const isLive = entry.status === "running" || entry.status === "parked";
  const state: Partial<ConversationState> = {
    transcript: [{ ...entry, parts: text ? [{ type: "text", text }] : [] }],
    ...(isLive ? { activeTurnId: "t1" } : { activeTurnId: undefined }),
  };
  await become(page, state);
  await page.clock.runFor(600);
}

describe("an answer", () => {
  test("is said sentence by sentence while it comes, without its marks, and never by the token", async () => {
    await listening();
    const text =
      "**Order 1042** is on [its way](https://a.b/c?d.e). It comes *tomorrow*! Anything else";
    for (let cut = 0; cut <= text.length; cut += 4) await answered(text.slice(0, cut));
    expect(await spoken()).toEqual([
      "Thinking…",
      "Nora says: Order 1042 is on its way.",
      "It comes tomorrow!",
    ]);
    await answered(`${text}?`, { status: "completed" });
    expect(await spoken()).toEqual(["Anything else?"]);
  });

  test("is said once, also when a reconnect replays it or its end replaces it", async () => {
    await listening();
    await answered("One. Two. Thr");
    await become(page, { connection: { status: "reconnecting", attempt: 1, retryAt: 0 } });
    await become(page, { connection: { status: "online" } });
    await answered("On");
    await answered("One. Two. Three. Fo");
    await answered("One. Three. Four. Two.", { status: "completed" });
    expect(await spoken()).toEqual([
      "Nora says: One.",
      "Connection lost",
      "Two.",
      "Three.",
      "Four.",
    ]);
  });

  test("is said whole when it comes in one frame", async () => {
    await listening();
    await page.evaluate(() => {
      const entry = { kind: "agent" as const, id: "t1", at: 1, parts: [] };
      const parts = [{ type: "text" as const, text: "Yes. No." }];
      globalThis.played.become({
        transcript: [{ ...entry, status: "running" }],
        activeTurnId: "t1",
      });
      globalThis.played.become({ transcript: [{ ...entry, status: "completed", parts }] });
    });
    expect(await spoken()).toEqual(["Thinking…", "Nora says: Yes.", "No."]);
  });

  test("that is long is said by its beginning, and points to the rest", async () => {
    await listening();
    for (let count = 1; count <= LONG.length; count += 1)
      await answered(LONG.slice(0, count).join(" "));
    await answered(LONG.join(" "), { status: "completed" });
    const [first, ...rest] = await spoken();
    expect(first).toBe(`Nora says: ${LONG[0]}`);
    expect(rest.at(-1)).toBe("… more in the conversation.");
    expect(rest.slice(0, -1)).toEqual(LONG.slice(1, rest.length));
    expect(rest.join(" ").length).toBeLessThan(700);
  });

  test("leaves nothing to be come upon a second time", async () => {
    await listening();
    await answered("One. Two.", { status: "running" });
    await answered("One. Two.", { status: "completed" });
    expect(await region().textContent()).toContain("Two.");
    await page.clock.runFor(9_000);
    expect(await region().textContent()).toBe("");
  });

  test("that came while the panel was closed is not said when it opens", async () => {
    await listening();
    await page.evaluate(() => globalThis.element.close());
    await answered("One. Two. Three has");
    await page.evaluate(() => globalThis.element.open());
    await page.getByRole("dialog").waitFor();
    expect(await spoken()).toEqual([]);
    await answered("One. Two. Three has it.", { status: "completed" });
    expect(await spoken()).toEqual(["Three has it."]);
  });

  test("that is stopped says so, and no half of a sentence", async () => {
    await listening();
    await answered("One. Tw");
    await answered("One. Tw", { status: "cancelled" });
    expect(await spoken()).toEqual(["This answer was stopped"]);
  });
});

test("a person's message is said with who wrote it", async () => {
  await listening();
  const person = {
    kind: "person",
    id: "p",
    messageId: "p",
    name: "Ana",
    text: "Hi. I am *here*.",
    at: 1,
  } as const;
  await become(page, { transcript: [person] });
  expect(await spoken()).toEqual(["Ana says: Hi.", "I am here."]);
});
