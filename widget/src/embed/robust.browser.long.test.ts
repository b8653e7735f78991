import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  become,
  type BrowserFixture,
  play,
  startBrowser,
  type TestPage,
} from "../elements/browser.fixture.js";

const SCRIPT = '<script src="/smooth-agent.js"></script>';
const HOST = `<smooth-agent agent-id="a"></smooth-agent>${SCRIPT}`;

let browser: BrowserFixture;
let page: TestPage;
beforeAll(async () => void (browser = await startBrowser()));
afterEach(async () => {
  browser.gate.replaced.clear();
  await page?.close();
});
afterAll(() => browser.close());

test("two widgets on a page keep to themselves", async () => {
  page = await browser.open(
    `<smooth-agent id="one" agent-id="a"></smooth-agent><smooth-agent id="two" agent-id="b" position="bottom-start"></smooth-agent>${SCRIPT}`,
  );
  await play(page);
  await page.locator("#one .launcher").click();
  await page.locator("#one").getByRole("dialog").waitFor();
  const opened = await page.evaluate(() =>
    [...document.querySelectorAll("smooth-agent")].map(({ opened: isOpen }) => isOpen),
  );
  expect(opened).toEqual([true, false]);
  await page.locator("#one").getByRole("textbox").fill("Hello");
  await page.keyboard.press("Enter");
  expect(
    await page.evaluate(() => globalThis.played.calls.filter(([name]) => name === "send")),
  ).toEqual([["send", "Hello"]]);
  expect(page.faults).toEqual([]);
});

test("of two versions the first stays, and nothing throws", async () => {
  const script = browser.files.get("smooth-agent.js")!;
  // Another version: its element is another class, its chunks have other names.
  browser.gate.replaced.set("other.js", script.replaceAll("smooth-agent/", "other/"));
  page = await browser.open(`${HOST}<script src="/other.js" data-agent-id="a"></script>`);
  await page.waitForFunction(() => globalThis.SmoothAgent?.element?.hasUpdated);
  expect(await page.locator("smooth-agent").count()).toBe(1);
  expect(
    await page.evaluate(
      () => performance.getEntriesByName(new URL("/other.js", location.href).href).length,
    ),
  ).toBe(1);
  await play(page);
  await page.evaluate(() => globalThis.SmoothAgent?.open());
  await page.getByRole("dialog").waitFor();
  expect(page.faults).toEqual([]);
});

test("moved, removed and put back, it shows what it showed", async () => {
  page = await browser.open(`${HOST}<main></main>`);
  await play(page, {
    transcript: [{ kind: "visitor", id: "v1", text: "Where is it?", at: 1, delivery: "sent" }],
  });
  await page.locator(".launcher").click();
  await page.getByText("Where is it?").waitFor();
  await page.evaluate(() => document.querySelector("main")!.append(globalThis.element));
  await page.getByText("Where is it?").waitFor();
  await page.evaluate(async () => {
    const { element } = globalThis;
    element.remove();
    await new Promise((resolve) => setTimeout(resolve));
    document.body.prepend(element);
  });
  await page.getByRole("dialog").waitFor();
  await page.getByText("Where is it?").waitFor();
  await become(page, {
    transcript: [{ kind: "visitor", id: "v1", text: "Here it is", at: 1, delivery: "sent" }],
  });
  await page.getByText("Here it is").waitFor();
  expect(page.faults).toEqual([]);
});

test("attributes may change at any time, in any order, to anything", async () => {
  page = await browser.open(HOST);
  await play(page);
  await page.locator(".launcher").click();
  await page.evaluate(async () => {
    const { element } = globalThis;
    const values = [
      "",
      "x",
      "dark",
      "inline",
      "fullpage",
      "popover",
      "top-start",
      "compact",
      "de",
      "ar",
      "red",
      "-1",
    ];
    const names = [
      "theme",
      "mode",
      "position",
      "accent",
      "density",
      "locale",
      "launcher-label",
      "while-busy",
      "storage",
      "storage-days",
      "user-name",
      "dir",
    ];
    for (const [index, name] of names.entries()) {
      for (const [turn, value] of values.entries()) {
        element.setAttribute(name, value);
        if ((index + turn) % 3 === 0) await element.updateComplete;
        if ((index + turn) % 5 === 0) element.removeAttribute(name);
      }
      element.removeAttribute(name);
    }
    element.opened = true;
    await element.updateComplete;
  });
  await page.getByRole("dialog").waitFor();
  expect(
    await page.evaluate(() =>
      globalThis.element.shadowRoot!.querySelector("textarea")!.matches(":enabled"),
    ),
  ).toBe(true);
  expect(page.faults).toEqual([]);
});

test("nothing is left of a hundred elements that came, opened, closed and went", async () => {
  page = await browser.open(SCRIPT, {
    first: () => {
      const listeners: [EventTarget, string, unknown][] = [];
      const held = { listeners, timers: new Set<unknown>() };
      Object.assign(globalThis, { held });
      for (const target of [Window, Document, VisualViewport, MediaQueryList]) {
        // Own to each, so that those of the element's inside are not counted.
        const proto = target.prototype as EventTarget;
        const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
        const find = (on: EventTarget, type: string, told: unknown) =>
          listeners.findIndex((each) => each[0] === on && each[1] === type && each[2] === told);
        proto.addEventListener = function (this: EventTarget, ...given: Parameters<typeof add>) {
          const on = this ?? globalThis;
          if (find(on, given[0], given[1]) < 0) listeners.push([on, given[0], given[1]]);
          add.apply(on, given);
        };
        proto.removeEventListener = function (
          this: EventTarget,
          ...given: Parameters<typeof remove>
        ) {
          const on = this ?? globalThis;
          const at = find(on, given[0], given[1]);
          if (at >= 0) listeners.splice(at, 1);
          remove.apply(on, given);
        };
      }
      const { setInterval: begin, clearInterval: end } = globalThis;
      Object.assign(globalThis, {
        setInterval: (...given: Parameters<typeof begin>) => {
          const timer = begin(...given);
          held.timers.add(timer);
          return timer;
        },
        clearInterval: (timer: never) => {
          held.timers.delete(timer);
          end(timer);
        },
      });
    },
  });
  const left = await page.evaluate(async () => {
    const { held } = globalThis as unknown as {
      held: { listeners: unknown[]; timers: Set<unknown> };
    };

    const cycle = async () => {
      const element = document.createElement("smooth-agent");
      document.body.append(element);
      await element.updateComplete;
      element.open();
      await element.updateComplete;
      element.close();
      await element.updateComplete;
      element.remove();
    };
    await cycle();
    const before = [held.listeners.length, held.timers.size];
    for (let round = 0; round < 100; round += 1) await cycle();
    return {
      before,
      after: [held.listeners.length, held.timers.size],
      nodes: document.body.childElementCount,
    };
  });
  expect(left.after).toEqual(left.before);
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { nodes } = await session.send("Memory.getDOMCounters");
  // A hundred elements have tens of thousands of nodes.
  expect(nodes).toBeLessThan(2_000);
  expect(page.faults).toEqual([]);
});
