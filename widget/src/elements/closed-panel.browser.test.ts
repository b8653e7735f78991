import { afterAll, beforeAll, expect, test } from "vitest";
import { become, type BrowserFixture, play, startBrowser } from "./browser.fixture.js";
import type { AgentEntry, TranscriptEntry } from "../state/conversation-state.js";

let browser: BrowserFixture;
beforeAll(async () => (browser = await startBrowser()), 60_000);
afterAll(() => browser.close());

const BODY = `<script src="/smooth-agent.js"></script><smooth-agent agent-id="a1" endpoint="/"></smooth-agent>`;

const answer = (text: string): TranscriptEntry[] => [
  { kind: "visitor", id: "r1", text: "Where is it?", at: 1, delivery: "sent" },
  {
    kind: "agent",
    id: "r1",
    at: 1,
    status: "running",
    parts: [{ type: "text", text }],
  } satisfies AgentEntry,
];

test("a panel that was never opened is not there", async () => {
  const page = await browser.open(BODY);
  await play(page, { transcript: answer("It is ") });
  expect(await page.locator("smooth-agent #panel").count()).toBe(0);
  await page.locator("smooth-agent").getByRole("button").click();
  await page.locator("smooth-agent [part=prose]").waitFor();
  expect(page.faults).toEqual([]);
  await page.close();
});

test("a closed panel is left alone while an answer streams, and shows all of it when it is opened", async () => {
  const page = await browser.open(BODY);
  await play(page, { conversationId: "c1", transcript: answer("It is ") });
  await page.evaluate(() => globalThis.element.open());
  await page.locator("smooth-agent [part=prose]", { hasText: "It is" }).waitFor();
  await page.evaluate(async () => {
    globalThis.element.close();
    await globalThis.element.updateComplete;
    const panel = globalThis.element.shadowRoot?.querySelector("#panel");
    if (!panel) throw new Error("no panel");
    const changes: MutationRecord[] = [];
    new MutationObserver((records) => changes.push(...records)).observe(panel, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    Object.assign(globalThis, { changes });
  });
  const grown = ["It is on ", "It is on its ", "It is on its way."];
  for (const text of grown) await become(page, { transcript: answer(text) });
  expect(
    await page.evaluate(() => (globalThis as unknown as { changes: unknown[] }).changes.length),
  ).toBe(0);
  await page.evaluate(() => globalThis.element.open());
  await page.locator("smooth-agent [part=prose]", { hasText: "It is on its way." }).waitFor();
  await page.close();
});

test("a closed panel keeps nothing of a conversation that is no longer the one", async () => {
  const page = await browser.open(BODY);
  await play(page, { conversationId: "c1", transcript: answer("A secret") });
  await page.evaluate(() => globalThis.element.open());
  await page.locator("smooth-agent [part=prose]", { hasText: "A secret" }).waitFor();
  await page.evaluate(() => globalThis.element.close());
  await become(page, { conversationId: "c2", transcript: [] });
  expect(await page.evaluate(() => globalThis.element.shadowRoot?.textContent)).not.toContain(
    "secret",
  );
  await page.close();
});
