import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  become,
  type BrowserFixture,
  play,
  startBrowser,
  type TestPage,
} from "../elements/browser.fixture.js";
import { approval, form, turnOf } from "../elements/cards.fixture.js";

const ALL_IN_ONE =
  '<smooth-agent agent-id="a"></smooth-agent><script src="/smooth-agent.js"></script>';
const MODULE =
  '<smooth-agent agent-id="a"></smooth-agent><script type="module" src="/smooth-agent.mjs"></script>';
const ASKED = turnOf([
  form({ kind: "identity_intake", spec: { fields: [{ key: "name", required: true }] } }),
]);

let browser: BrowserFixture;
let page: TestPage;
beforeAll(async () => void (browser = await startBrowser()));
afterEach(async () => {
  browser.gate.lost = () => false;
  browser.gate.replaced.clear();
  browser.gate.held = undefined;
  await page?.close();
});
afterAll(() => browser.close());

const chunk = (name: string) =>
  [...browser.files.keys()].find((path) => path.includes(`/${name}-`))!;
const missing = () => page.getByText("This part of the chat could not be loaded.");
const card = () => page.locator("[part=interaction] [part=submit]");

/** Opens the panel of a page and shows this in it. */
async function opened(body: string, state = {}): Promise<void> {
  page = await browser.open(body);
  await page.waitForFunction(() => customElements.get("smooth-agent"));
  await play(page, state);
  await page.locator(".launcher").click();
  await page.getByRole("dialog").waitFor();
}

test.each([ALL_IN_ONE, MODULE])(
  "a form comes with its looks when it is first asked for: %s",
  async (body) => {
    const fetched: string[] = [];
    await opened(body);
    page.on("request", (request) => fetched.push(new URL(request.url()).pathname.slice(1)));
    await page.evaluate((next) => {
      globalThis.played.become(next);
      const { shadowRoot } = globalThis.element;
      // What is looked at in the frame in which it is first there.
      const seen = new MutationObserver(() => {
        const found = shadowRoot?.querySelector("[part=submit]");
        if (found) document.title = getComputedStyle(found).minBlockSize;
      });
      seen.observe(shadowRoot!, { childList: true, subtree: true });
    }, ASKED);
    await card().waitFor();
    expect(await page.title()).toBe("44px");
    expect(fetched).toContain(chunk("forms"));
    expect(fetched.filter((path) => path.includes("forms"))).toHaveLength(1);
    expect(page.faults).toEqual([]);
  },
);

test("what cannot be had is said, tried for again by itself, and at once by a press", async () => {
  browser.gate.lost = (path) => path === chunk("forms");
  await opened(ALL_IN_ONE, ASKED);
  await missing().waitFor();
  browser.gate.lost = () => false;
  await page.getByRole("button", { name: "Try again" }).click();
  await card().waitFor();
  expect(await missing().count()).toBe(0);
});

test("is tried for again when the network is back", async () => {
  browser.gate.lost = (path) => path === chunk("forms");
  await opened(ALL_IN_ONE, ASKED);
  await missing().waitFor();
  browser.gate.lost = () => false;
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await card().waitFor();
});

test("a file that is not what was built never runs", async () => {
  const path = chunk("forms");
  const forged = `globalThis.forged = true;${browser.files.get(path)}`;
  browser.gate.replaced.set(path, forged);
  await opened(ALL_IN_ONE, ASKED);
  await missing().waitFor();
  expect(await page.evaluate(() => "forged" in globalThis)).toBe(false);
  browser.gate.replaced.clear();
  await page.getByRole("button", { name: "Try again" }).click();
  await card().waitFor();
});

test("a copy of the script alone still talks, as it is written, and says what it cannot show", async () => {
  browser.gate.lost = (path) => path.startsWith("smooth-agent/");
  await opened(ALL_IN_ONE, turnOf([{ type: "text", text: "**Now**" }, approval()]));
  await page.getByText("**Now**").waitFor();
  await missing().waitFor();
  // That a file was not there is all the browser complains of.
  expect(page.faults.filter((fault) => !fault.includes("404"))).toEqual([]);
});

test("until an opened panel greets, the module build loads its core and what talks to the server, and no other address", async () => {
  page = await browser.open('<script src="/loader.js" data-agent-id="a"></script>', {
    first: () => void (globalThis.requestIdleCallback = () => 0),
  });
  await page.locator(".launcher").hover();
  await page.waitForFunction(() => customElements.get("smooth-agent"));
  await play(page, { agent: { name: "Nora", greeting: "Hello, how can I help?" } });
  await page.locator(".launcher").click();
  await page.getByText("Hello, how can I help?").waitFor();
  const loaded = await page.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname.slice(1)),
  );
  expect(loaded).toEqual(["loader.js", chunk("core"), chunk("conversation")]);
});

test("no text is shown raw before what reads it is there, and what was plain does not move", async () => {
  const raw: string[] = [];
  page = await browser.open(MODULE);
  await page.waitForFunction(() => customElements.get("smooth-agent"));
  let letGo = () => undefined as void;
  browser.gate.held = new Promise((resolve) => void (letGo = resolve));
  await play(page, { agent: { name: "Nora", greeting: "Hello, how can I help?" } });
  await page.locator(".launcher").click();
  await page.getByRole("dialog").waitFor();
  expect(await page.getByText("Hello, how can I help?").isVisible()).toBe(true);
  const before = await page.getByText("Hello, how can I help?").boundingBox();
  await page.exposeFunction("note", (text: string) => void raw.push(text));
  await page.evaluate(() => {
    const root = globalThis.element.shadowRoot!;
    new MutationObserver(() => {
      const { note } = globalThis as unknown as { note: (text: string) => void };
      note(root.querySelector(".entries")?.textContent ?? "");
    }).observe(root, { childList: true, subtree: true, characterData: true });
  });
  await page.evaluate(
    (next) => globalThis.played.become(next),
    turnOf([{ type: "text", text: "A **bold** word" }]),
  );
  await page.locator(".thinking").waitFor();
  letGo();
  await page.locator("strong").waitFor();
  expect(raw.filter((text) => text.includes("**"))).toEqual([]);
  await become(page, { transcript: [] });
  expect(await page.getByText("Hello, how can I help?").boundingBox()).toEqual(before);
});

test("what reads Markdown and what asks before a write are fetched soon after the panel was opened", async () => {
  const fetched: string[] = [];
  page = await browser.open(MODULE);
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname.slice(1)));
  await page.waitForFunction(() => customElements.get("smooth-agent"));
  await play(page);
  expect(fetched.filter((path) => /answers|approvals|forms/.test(path))).toEqual([]);
  const soon = Promise.all(
    ["answers", "approvals"].map((name) => page.waitForResponse(`**/${chunk(name)}`)),
  );
  await page.locator(".launcher").click();
  await soon;
  expect(fetched).not.toContain(chunk("forms"));
});
