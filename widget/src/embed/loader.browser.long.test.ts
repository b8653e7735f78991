import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type BrowserFixture, startBrowser, type TestPage } from "../elements/browser.fixture.js";

const TAG = '<script src="/loader.js" data-agent-id="a"></script>';

let browser: BrowserFixture;
let page: TestPage;
beforeAll(async () => void (browser = await startBrowser()));
afterEach(async () => {
  browser.gate.lost = () => false;
  browser.gate.held = undefined;
  await page?.close();
});
afterAll(() => browser.close());

const core = () => [...browser.files.keys()].find((path) => path.includes("/core-"))!;
const launcher = () => page.locator("smooth-agent .launcher");
const there = () => page.waitForFunction(() => customElements.get("smooth-agent"));
const dialog = () => page.getByRole("dialog");

describe("before the element is there", () => {
  test.each([
    "",
    'data-position="top-start" data-launcher-label="Ask us" data-accent="#ffd400"',
    'data-theme="dark" lang="en" data-dir="rtl"',
  ])("a launcher stands at once, where and as the element's own will stand: %s", async (data) => {
    browser.gate.lost = (path) => path === core();
    page = await browser.open(TAG.replace("<script", `<script ${data}`));
    const looks = () =>
      launcher().evaluate((button) => {
        const drawing = button.querySelector("svg")!;
        const { color, backgroundColor } = getComputedStyle(button);
        const canvas = document.createElement("canvas").getContext("2d")!;
        const [ink, fill] = [color, backgroundColor].map((each) => {
          canvas.fillStyle = each;
          canvas.fillRect(0, 0, 1, 1);
          return [...canvas.getImageData(0, 0, 1, 1).data].map((part) => Math.round(part / 16));
        });
        const box = button.getBoundingClientRect().toJSON() as object;
        const mark = drawing.getBoundingClientRect().toJSON() as object;
        const { strokeWidth } = getComputedStyle(drawing);
        return { box, mark, ink, fill, strokeWidth, label: button.ariaLabel };
      });
    const before = await looks();
    browser.gate.lost = () => false;
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await there();
    await page.waitForFunction(() => globalThis.SmoothAgent?.element?.hasUpdated);
    expect(await looks()).toEqual(before);
    expect(await launcher().count()).toBe(1);
  });

  test.each(["open", "toggle"] as const)("SmoothAgent.%s() is not lost", async (method) => {
    page = await browser.open(`${TAG}<p>Text</p>`);
    await page.evaluate((name) => globalThis.SmoothAgent?.[name](), method);
    await dialog().waitFor();
  });

  test("what is called is done in its order, and properties are kept", async () => {
    page = await browser.open(TAG);
    const shown = await page.evaluate(async () => {
      const { SmoothAgent } = globalThis;
      const element = SmoothAgent!.element!;
      element.strings = { openLabel: "Ask us" };
      SmoothAgent!.open();
      SmoothAgent!.close();
      await customElements.whenDefined("smooth-agent");
      await element.updateComplete;
      return [element.opened, element.shadowRoot!.querySelector(".launcher")!.ariaLabel];
    });
    expect(shown).toEqual([false, "Ask us"]);
  });
});

test("the first click is never lost: the launcher is busy, then the panel opens with the focus in it", async () => {
  let letGo = () => undefined as void;
  browser.gate.held = new Promise((resolve) => void (letGo = resolve));
  page = await browser.open(TAG);
  await launcher().click();
  await page.locator('.launcher[aria-busy="true"]').waitFor();
  letGo();
  await dialog().waitFor();
  const focused = () => globalThis.SmoothAgent?.element?.shadowRoot?.activeElement?.localName;
  await page.waitForFunction(focused);
  expect(await page.evaluate(focused)).toBe("textarea");
  expect(await page.locator('[aria-busy="true"]').count()).toBe(0);
});

test("what could not be fetched is said, and tried for again by a click", async () => {
  browser.gate.lost = (path) => path === core();
  page = await browser.open(TAG);
  await launcher().click();
  await page.getByRole("button", { name: "Not loaded. Try again" }).waitFor();
  browser.gate.lost = () => false;
  await launcher().click();
  await dialog().waitFor();
});

test.each([
  ["the pointer comes near", () => launcher().hover()],
  ["the focus comes", () => launcher().focus()],
])("fetches when %s", async (_what, come) => {
  // No idle moment comes on this page.
  page = await browser.open(TAG, { first: () => void (globalThis.requestIdleCallback = () => 0) });
  const fetched: string[] = [];
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname.slice(1)));
  expect(
    await page.evaluate(() =>
      performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname),
    ),
  ).toEqual(["/loader.js"]);
  await launcher().waitFor();
  expect(fetched).not.toContain(core());
  await come();
  await there();
  expect(fetched).toContain(core());
});

test("fetches when the browser is idle, and then stores and connects nothing", async () => {
  page = await browser.open(TAG);
  await there();
  expect(
    await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]),
  ).toEqual([0, 0, ""]);
  expect([page.requested, page.faults]).toEqual([[], []]);
});

test("takes the attributes of the script tag, and elements that are in the page", async () => {
  page = await browser.open(
    `<smooth-agent agent-id="b" theme="dark"></smooth-agent>
     <script src="/loader.js" data-agent-id="a" data-theme="light" data-metadata='{"plan":"pro"}' data-onclick="x"></script>`,
  );
  await there();
  const told = await page.evaluate(() =>
    [...document.querySelectorAll("smooth-agent")].map((each) => [
      each.agentId,
      each.theme,
      each.metadata,
      each.getAttributeNames().filter((name) => name.startsWith("on")),
    ]),
  );
  expect(told).toEqual([
    ["b", "dark", undefined, []],
    ["a", "light", { plan: "pro" }, []],
  ]);
});

test.each([
  ["the script twice", TAG + TAG],
  [
    "beside the script that has everything",
    `${TAG}<script src="/smooth-agent.js" data-agent-id="a"></script>`,
  ],
  [
    "after the script that has everything",
    `<script src="/smooth-agent.js" data-agent-id="a"></script>${TAG}`,
  ],
])("mounts once: %s", async (_what, body) => {
  page = await browser.open(body);
  await there();
  await page.waitForLoadState("networkidle");
  expect(await page.locator("smooth-agent").count()).toBe(1);
  expect(await launcher().count()).toBe(1);
  await launcher().click();
  await dialog().waitFor();
  await page.evaluate(() => globalThis.SmoothAgent?.close());
  await dialog().waitFor({ state: "hidden" });
  // No server answers here, which is no fault of the scripts.
  expect(page.faults.filter((fault) => !/WebSocket|404/.test(fault))).toEqual([]);
});
