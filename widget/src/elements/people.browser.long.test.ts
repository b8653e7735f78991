import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { AgentEntry, PersonEntry, VisitorEntry } from "../state/conversation-state.js";
import {
  become,
  type BrowserFixture,
  calls,
  play,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";

const HOST = '<smooth-agent agent-id="a"></smooth-agent><script src="/smooth-agent.js"></script>';
const ACTIVE = { state: "active", name: "Ana" } as const;
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

const person = (id: string, text: string, name = "Ana"): PersonEntry => {
  return { kind: "person", id, messageId: id, name, text, at: 1 };
};
const visitor = (id: string, text: string): VisitorEntry => {
  return { kind: "visitor", id, text, at: 1, delivery: "sent" };
};
const agent = (id: string, over: Partial<AgentEntry> = {}): AgentEntry => {
  return { kind: "agent", id, parts: [], at: 1, status: "running", ...over };
};
const strip = () => page.locator("[part=hand-off]");
const people = () => page.locator("[part=person-message]");

async function opened(state: Parameters<typeof play>[1] = {}): Promise<void> {
  page = await browser.open(HOST);
  await play(page, { conversationId: "c", ...state });
  await page.getByRole("button", { name: "Open the chat" }).click();
  await page.getByRole("dialog").waitFor();
}

test("a person's message is theirs at a glance, and is named once for several in a row", async () => {
  await opened({
    transcript: [
      agent("t", { status: "completed", parts: [{ type: "text", text: "I asked." }] }),
      person("p1", "Hi, **Ana** here."),
      person("p2", "<img src=x onerror=alert(1)>"),
      person("p3", "And I am Bo.", "Bo"),
    ],
  });
  expect(await people().nth(0).innerText()).toMatch(/^A\s*Ana\s*Person\s*Hi, Ana here\.$/);
  expect(await people().nth(0).locator(".prose strong").innerText()).toBe("Ana");
  expect(await people().nth(1).locator(".by").count()).toBe(0);
  expect(await people().nth(1).locator("img").count()).toBe(0);
  expect(await people().nth(2).locator(".by").innerText()).toContain("Bo");
});

test("the strip says whether a person is waited for, is there, has left", async () => {
  await opened({ handOff: { state: "requested" } });
  expect(await strip().innerText()).toBe("Waiting for a person…");
  await become(page, { handOff: { state: "waiting" } });
  expect(await strip().innerText()).toBe("Waiting for a person…");
  await become(page, { handOff: ACTIVE });
  expect(await strip().innerText()).toMatch(/^A\s*You are talking with Ana$/);
  await page.getByText("You are talking with Ana").nth(1).waitFor({ state: "attached" });
  await become(page, { handOff: { state: null } });
  expect(await strip().innerText()).toBe("You are talking with Nora");
  await become(page, { handOff: undefined });
  expect(await strip().count()).toBe(0);
});

test("a name that would break out of its line is shown as what it is", async () => {
  await opened({ handOff: { state: "active", name: "A\u202Ena" } });
  expect(await strip().innerText()).not.toContain("\u202E");
});

test("what one person says goes together, and stands apart from the next one's", async () => {
  await opened({
    transcript: [person("p1", "Hi."), person("p2", "Me again."), person("p3", "And Bo.", "Bo")],
  });
  await people().nth(2).waitFor();
  const [first, second, third] = await people().evaluateAll((all) =>
    all.map((each) => each.getBoundingClientRect()).map(({ top, bottom }) => ({ top, bottom })),
  );
  if (!first || !second || !third) throw new Error("not drawn");
  expect(second.top - first.bottom).toBeLessThan(8);
  expect(third.top - second.bottom).toBeGreaterThan(16);
});

test("a person without a name is somebody from the team", async () => {
  await opened({ transcript: [person("p1", "Hello.", "")], handOff: { state: "active" } });
  expect(await strip().innerText()).toBe("You are talking with someone from the team");
  expect(await people().innerText()).toMatch(/^Person\s+Hello\.$/);
});

test("while a person is there nothing is thinking, and the visitor may go on writing", async () => {
  await opened({
    handOff: ACTIVE,
    transcript: [visitor("r", "Hello?"), agent("r")],
    activeTurnId: "r",
  });
  expect(await page.locator(".thinking").count()).toBe(0);
  expect(await page.locator(".entry").count()).toBe(1);
  expect(await page.getByRole("button", { name: "Stop the answer" }).count()).toBe(0);
  await page.getByRole("textbox").fill("Still there?");
  await page.keyboard.press("Enter");
  expect((await calls(page)).at(-1)).toEqual(["send", "Still there?"]);
});

test("a turn in which nothing was said leaves no gap", async () => {
  await opened({
    transcript: [visitor("r", "Hello?"), agent("r", { status: "completed" }), person("p", "Yes.")],
  });
  expect(await page.locator(".entry").count()).toBe(2);
});

test("what a person says is announced and lights the launcher; what history brings does not", async () => {
  page = await browser.open(HOST);
  const history = { loading: true, hasMore: false };
  await play(page, { conversationId: "c", history });
  await page.evaluate(() => globalThis.element.open());
  await page.getByRole("dialog").waitFor();
  await page.evaluate(() => globalThis.element.close());
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await become(page, {
    transcript: [person("p1", "Old")],
    history: { ...history, loading: false },
  });
  expect(await page.getByRole("button", { name: "new message" }).count()).toBe(0);
  await become(page, { transcript: [person("p1", "Old"), person("p2", "New")] });
  await page.getByRole("button", { name: "Open the chat, new message" }).click();
  await become(page, { transcript: [person("p1", "Old"), person("p2", "New"), person("p3", "!")] });
  await page.getByText("Ana says: !").waitFor({ state: "attached" });
});

test("the page hears who took over, what a person said and what the host pushed", async () => {
  await opened();
  await page.evaluate(() => {
    const heard: unknown[] = [];
    Object.assign(globalThis, { heard });
    document.addEventListener("smooth-agent-hand-off", ({ state, name }) => {
      heard.push({ state, name });
    });
    document.addEventListener("smooth-agent-message", ({ from, text, name }) => {
      heard.push({ from, text, name });
    });
    document.addEventListener("smooth-agent-host-event", ({ name, data }) => {
      heard.push({ name, data });
    });
  });
  await become(page, { handOff: ACTIVE });
  await become(page, { transcript: [person("p", "Hi")] });
  await become(page, { hostEvent: { name: "order-shipped", data: { id: 7 } } });
  expect(await page.evaluate(() => (globalThis as unknown as { heard: unknown }).heard)).toEqual([
    ACTIVE,
    { from: "person", text: "Hi", name: "Ana" },
    { name: "order-shipped", data: { id: 7 } },
  ]);
});
