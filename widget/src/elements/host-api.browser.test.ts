import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { AgentEntry } from "../state/conversation-state.js";
import {
  become,
  type BrowserFixture,
  calls,
  play,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";

const HOST =
  '<input id="host"><smooth-agent agent-id="a"><a slot="footer" href="#own">Own</a></smooth-agent>' +
  '<script src="/smooth-agent.js"></script>';
const EVENTS = ["before-open", "open", "before-close", "close", "before-send", "unread"].map(
  (name) => `smooth-agent-${name}`,
);

let browser: BrowserFixture;
let page: TestPage;

beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(async () => {
  await page.close();
  const faults = page.faults.filter((words) => !/WebSocket/.test(words));
  if (faults.length > 0) throw new Error(faults.join("\n"));
});
afterAll(() => browser.close());

declare global {
  var heard: string[];
  var vetoed: string[];
}

/** A page that notes every event as it bubbles past, and objects to those that `vetoed` names. */
async function hosted(body = HOST): Promise<void> {
  page = await browser.open(body);
  await play(page);
  await page.evaluate((types) => {
    Object.assign(globalThis, { heard: [], vetoed: [] });
    for (const type of types) {
      document.addEventListener(type, (event) => {
        const told = Object.entries(event).filter(([key]) => key !== "isTrusted");
        globalThis.heard.push([type.slice(13), ...told.map(([, value]) => value)].join(" "));
        if (globalThis.vetoed.includes(type.slice(13))) event.preventDefault();
      });
    }
  }, EVENTS);
}

const heard = () => page.evaluate(() => globalThis.heard.splice(0));
const veto = (...names: string[]) =>
  page.evaluate((given) => void (globalThis.vetoed = given), names);
const dialog = () => page.getByRole("dialog");
const field = () => page.getByRole("textbox", { name: "Write a message" });
const launcher = () => page.getByRole("button", { name: "Open the chat" });
const focusedId = () => page.evaluate(() => document.activeElement?.id);

/** Lets what was asked for be rendered. */
const settled = () => page.evaluate(() => globalThis.element.updateComplete);

describe("the page hears", () => {
  test("ready, once, when the element can be driven", async () => {
    page = await browser.open('<main></main><script src="/smooth-agent.js"></script>');
    const opened = await page.evaluate(async () => {
      const seen: boolean[] = [];
      document.addEventListener("smooth-agent-ready", ({ target }) => {
        const element = target as typeof globalThis.element;
        element.open();
        seen.push(element.opened);
      });
      const element = document.createElement("smooth-agent");
      document.body.append(element);
      await element.updateComplete;
      document.querySelector("main")?.append(element);
      await element.updateComplete;
      return seen;
    });
    expect(opened).toEqual([true]);
  });

  test("opening and closing in their order, and each only when it happens", async () => {
    await hosted();
    await page.evaluate(() => {
      globalThis.element.open();
      globalThis.element.open();
    });
    await settled();
    expect(await heard()).toEqual(["before-open", "open"]);
    await page.evaluate(() => {
      globalThis.element.close();
      globalThis.element.close();
    });
    await settled();
    expect(await heard()).toEqual(["before-close", "close"]);
    await page.evaluate(() => {
      globalThis.element.open();
      globalThis.element.close();
      globalThis.element.open();
    });
    await settled();
    expect(await heard()).toEqual(["before-open", "before-close", "before-open", "open"]);
    await dialog().waitFor();
  });

  test("and may object to either, also to itself", async () => {
    await hosted();
    await veto("before-open");
    await launcher().click();
    await page.evaluate(() => globalThis.element.toggle());
    await settled();
    expect(await heard()).toEqual(["before-open", "before-open"]);
    expect(await page.evaluate(() => globalThis.element.opened)).toBe(false);
    await veto("before-close");
    await launcher().click();
    await dialog().waitFor();
    await heard();
    await page.keyboard.press("Escape");
    await dialog().getByRole("button", { name: "Close the chat" }).click();
    await settled();
    expect(await heard()).toEqual(["before-close", "before-close"]);
    expect(await dialog().isVisible()).toBe(true);
    await veto();
    // A listener that asks for the same again is not asked for ever.
    await page.evaluate(() => {
      document.addEventListener("smooth-agent-before-close", () => globalThis.element.close());
      globalThis.element.close();
    });
    await dialog().waitFor({ state: "hidden" });
  });

  test("a listener opens what was just closed", async () => {
    await hosted();
    await page.evaluate(async () => {
      const again = () => globalThis.element.open();
      document.addEventListener("smooth-agent-close", again, { once: true });
      globalThis.element.open();
      await globalThis.element.updateComplete;
      globalThis.element.close();
    });
    await expect
      .poll(() => page.evaluate(() => globalThis.heard))
      .toEqual(["before-open", "open", "before-close", "close", "before-open", "open"]);
    await dialog().waitFor();
  });

  test("how much came while the panel was closed", async () => {
    await hosted();
    await page.evaluate(() => globalThis.element.open());
    await settled();
    await page.evaluate(() => globalThis.element.close());
    await settled();
    await heard();
    for (const id of ["t1", "t2"]) {
      await become(page, { transcript: [answer("", id, "running")] });
      await become(page, { transcript: [answer("Yes.", id, "completed")] });
    }
    expect(await heard()).toEqual(["unread 1", "unread 2"]);
    await page.getByRole("button", { name: "Open the chat, new message" }).click();
    await settled();
    expect(await heard()).toEqual(["before-open", "unread 0", "open"]);
  });

  test("of a link, which is not followed when it objects", async () => {
    await hosted();
    await become(page, {
      transcript: [answer("[Terms](https://shop.example/terms)", "t1", "completed")],
    });
    await page.evaluate(() => {
      document.addEventListener("smooth-agent-link-click", (event) => {
        globalThis.heard.push(event.href);
        event.preventDefault();
      });
      globalThis.element.open();
    });
    const link = dialog().getByRole("link", { name: "Terms" });
    await link.waitFor();
    await heard();
    await link.click();
    await link.click({ button: "middle" });
    await page.getByRole("link", { name: "Own" }).click();
    expect(await heard()).toEqual(Array.from({ length: 2 }, () => "https://shop.example/terms"));
    expect(page.context().pages()).toHaveLength(1);
    expect(page.url()).toContain("#own");
  });
});

describe("a message to which the page objects", () => {
  test("stays in the field, and goes out when the page does not object any more", async () => {
    await hosted();
    await launcher().click();
    await veto("before-send");
    await field().fill("My card is 4242");
    await field().press("Enter");
    await page.getByRole("button", { name: "Where is my order?" }).click();
    expect(await page.evaluate(() => globalThis.element.send("From the page"))).toBe(false);
    expect((await heard()).slice(-3)).toEqual([
      "before-send My card is 4242",
      "before-send Where is my order?",
      "before-send From the page",
    ]);
    expect(await calls(page)).toEqual([["open"]]);
    expect(await field().inputValue()).toBe("My card is 4242");
    await veto();
    await field().press("Enter");
    expect((await calls(page)).slice(1)).toEqual([["send", "My card is 4242"]]);
    await expect.poll(() => field().inputValue()).toBe("");
    expect(await page.evaluate(() => globalThis.element.send(" "))).toBe(false);
  });

  test("declines no question either", async () => {
    await hosted();
    await launcher().click();
    await become(page, { transcript: [asking], activeTurnId: "t1" });
    await veto("before-send");
    await field().fill("No, the blue one");
    await page.getByRole("button", { name: "Decline and send" }).click();
    expect(await calls(page)).toEqual([["open"]]);
    expect(await field().inputValue()).toBe("No, the blue one");
    await veto();
    await page.getByRole("button", { name: "Decline and send" }).click();
    expect((await calls(page)).slice(1)).toEqual([["declineAndSend", "No, the blue one"]]);
  });
});

test("another conversation, another visitor, nobody: what was said, counted and begun is gone at once", async () => {
  await hosted();
  await page.evaluate(() => globalThis.element.open());
  await settled();
  await page.evaluate(() => globalThis.element.close());
  await settled();
  for (const method of ["reset", "forget"] as const) {
    await become(page, { transcript: [answer("", method, "running")] });
    await become(page, { transcript: [answer("Yes.", method, "completed")] });
    await heard();
    await page.evaluate((name) => globalThis.element[name](), method);
    expect(await heard()).toEqual(["unread 0"]);
  }
  await page.evaluate(() => globalThis.element.logout());
  const called = (await calls(page)).map(([name]) => name);
  expect(called).toEqual(["open", "startNew", "forget", "logout"]);
});

test("what is asked of an element before it is open begins with it", async () => {
  await hosted();
  await page.evaluate(() => globalThis.element.reset());
  expect(await calls(page)).toEqual([["startNew"]]);
  await launcher().click();
  expect(await calls(page)).toEqual([["startNew"], ["open"]]);
});

describe("the focus", () => {
  test("moves by no script, but on the page's word", async () => {
    await hosted();
    await page.evaluate(() => {
      // Whatever a test runs in the page counts as a press of the visitor's.
      Object.defineProperty(navigator, "userActivation", { value: { isActive: false } });
      document.getElementById("host")?.focus();
      globalThis.element.open();
    });
    await dialog().waitFor();
    expect(await focusedId()).toBe("host");
    await page.evaluate(() => globalThis.element.focus());
    await expect.poll(() => field().evaluate(isFocused)).toBe(true);
    await page.evaluate(() => globalThis.element.close());
    await expect.poll(focusedId).toBe("host");
    await page.evaluate(() => globalThis.element.focus());
    expect(await launcher().evaluate(isFocused)).toBe(true);
  });

  test("goes back to the page's own button that opened the panel, or to the launcher when that is gone", async () => {
    await hosted(`<button id="help" type="button">Help</button>${HOST}`);
    await page.evaluate(() => {
      document.getElementById("help")?.addEventListener("click", () => globalThis.element.open());
    });
    const open = async () => {
      await page.getByRole("button", { name: "Help" }).click();
      await expect.poll(() => field().evaluate(isFocused)).toBe(true);
    };
    await open();
    await page.keyboard.press("Escape");
    await expect.poll(focusedId).toBe("help");
    await open();
    await page.evaluate(() => document.getElementById("help")?.remove());
    await page.keyboard.press("Escape");
    await expect.poll(() => launcher().evaluate(isFocused)).toBe(true);
  });

  test("stays where it is when it was not in the panel that closes", async () => {
    await hosted();
    await launcher().click();
    await expect.poll(() => field().evaluate(isFocused)).toBe(true);
    await page.focus("#host");
    await page.evaluate(() => globalThis.element.close());
    await dialog().waitFor({ state: "hidden" });
    expect(await focusedId()).toBe("host");
  });
});

const asking: AgentEntry = {
  kind: "agent",
  id: "t1",
  at: 1,
  status: "parked",
  parts: [
    {
      type: "tool",
      toolCallId: "c1",
      name: "refund",
      arguments: {},
      status: "awaiting",
      confirmation: {
        toolId: "refund",
        actionDescription: "Refund",
        toolCallId: "c1",
        toolName: "refund",
        title: "Refund",
        summary: "All of it",
        fields: [],
        arguments: {},
        risk: "low",
        expiresAt: Date.now() + 600_000,
      },
    },
  ],
};

function answer(text: string, id: string, status: AgentEntry["status"]): AgentEntry {
  return { kind: "agent", id, at: 1, status, parts: [{ type: "text", text }] };
}

function isFocused(node: Element): boolean {
  return (node.getRootNode() as Document | ShadowRoot).activeElement === node;
}
