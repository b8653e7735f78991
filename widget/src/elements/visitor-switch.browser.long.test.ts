import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ModelServer, startModelServer } from "../client/model-server.fixture.js";
import { type BrowserFixture, startBrowser, type TestPage } from "./browser.fixture.js";

const SECRETS = ["My secret question", "Dear Ada", "half a thought"];

let browser: BrowserFixture;
let server: ModelServer;

beforeAll(async () => {
  browser = await startBrowser();
});
beforeEach(async () => {
  server = await startModelServer();
  return () => server.close();
});
afterAll(() => browser.close());

declare global {
  var shown: string[];
  var record: () => () => void;
}

/** A page whose visitor has asked something, was answered, and has begun to write again. */
async function asked(visitor: string | undefined): Promise<TestPage> {
  const tag = `<smooth-agent agent-id="a1" endpoint="${server.url}"></smooth-agent><script src="/smooth-agent.js"></script>`;
  const page = await browser.open(tag);
  await page.evaluate(() => {
    const element = document.querySelector("smooth-agent");
    if (!element) throw new Error("no element");
    globalThis.element = element;
    // What is on the page now, after every change of it, and in every frame that was painted.
    globalThis.record = () => {
      const root = element.shadowRoot;
      if (!root) throw new Error("no shadow root");
      const shown: string[] = [];
      globalThis.shown = shown;
      const look = () => {
        const field = root.querySelector("textarea");
        shown.push(`${root.textContent} ${field?.value ?? ""} ${field?.placeholder ?? ""}`);
      };
      const options = { subtree: true, childList: true, characterData: true, attributes: true };
      new MutationObserver(look).observe(root, options);
      const painted = new MessageChannel();
      painted.port1.addEventListener("message", look);
      painted.port1.start();
      const everyFrame = () => {
        painted.port2.postMessage(0);
        requestAnimationFrame(everyFrame);
      };
      requestAnimationFrame(everyFrame);
      return look;
    };
  });
  await vouch(page, visitor);
  await page.getByRole("button", { name: "Open the chat" }).click();
  await page.getByText("Online").waitFor();
  const field = page.getByRole("textbox", { name: "Write a message" });
  await field.fill("My secret question");
  await page.keyboard.press("Enter");
  await server.received(({ action }) => action === "send_message");
  server.say("Dear Ada");
  server.finish();
  await page.getByRole("button", { name: "Send", exact: true }).waitFor();
  await page.locator(".prose", { hasText: "Dear Ada" }).waitFor();
  await field.fill("half a thought");
  return page;
}

type Way = "value" | "function" | "slow function";

/** The host's page says who the visitor is now; from when it has said so, all that is shown is recorded. */
async function vouch(page: TestPage, visitor: string | undefined, way: Way = "value") {
  await page.evaluate(
    ([userId, how]) => {
      const word = userId === undefined ? undefined : { userId, signature: "s", timestamp: 1 };
      const { element, record } = globalThis;
      globalThis.shown = [];
      if (how === "value") element.authContext = word;
      else if (how === "function") element.authContext = async () => word;
      else {
        element.authContext = () =>
          new Promise<unknown>((tell) => {
            setTimeout(() => {
              tell(word);
              record();
            }, 50);
          });
      }
      if (how === "slow function") return;
      const look = record();
      // Where the host need not be asked, it is gone before the next line of the host's code.
      if (how === "value") look();
    },
    [visitor, way] as const,
  );
}

const creates = () =>
  server.actions.filter(({ action }) => action === "create_conversation_session");
const stored = (page: TestPage) =>
  page.evaluate(() => JSON.stringify(Object.entries(localStorage)));

describe("another visitor at the same browser", () => {
  test.each<[string, string | undefined, Way]>([
    ["another user", "bob", "value"],
    ["another user, by a function", "bob", "function"],
    ["another user, by a slow function", "bob", "slow function"],
    ["nobody", undefined, "value"],
    ["nobody, by a function", undefined, "function"],
  ])("%s is never shown what the earlier one said", async (_, visitor, way) => {
    const page = await asked("ada");
    await vouch(page, visitor, way);
    await expect.poll(() => creates().length).toBe(2);
    await page.getByText("Online").waitFor();
    const field = page.getByRole("textbox", { name: "Write a message" });
    expect(await field.inputValue()).toBe("");
    await field.fill("Hello");
    await page.keyboard.press("Enter");
    const sent = ({ action }: { action: string }) => action === "send_message";
    await expect.poll(() => server.actions.filter(sent).length).toBe(2);
    server.say("Good day");
    server.finish();
    await page.locator(".prose", { hasText: "Good day" }).waitFor();
    const shown = await page.evaluate(() => globalThis.shown);
    expect(shown.length).toBeGreaterThan(5);
    for (const secret of SECRETS) expect(shown.join("\n")).not.toContain(secret);
    expect(await stored(page)).not.toContain("ada");
    expect(server.actions.filter(({ action }) => action === "resume_session")).toEqual([]);
    expect(page.faults).toEqual([]);
    await page.close();
  });

  test("finds an empty chat when it was closed, and after the element was away", async () => {
    const page = await asked("ada");
    await page.evaluate(() => {
      globalThis.element.close();
      globalThis.element.remove();
    });
    await vouch(page, "bob");
    await page.evaluate(() => {
      document.body.append(globalThis.element);
      globalThis.element.open();
    });
    await page.getByText("Online").waitFor();
    await expect.poll(() => creates().length).toBe(2);
    const shown = (await page.evaluate(() => globalThis.shown)).join("\n");
    for (const secret of SECRETS) expect(shown).not.toContain(secret);
    await page.close();
  });
});

describe("the same visitor", () => {
  test.each<Way>(["value", "function", "slow function"])(
    "sees no change when the host says so again, as a %s",
    async (way) => {
      const page = await asked("ada");
      const before = server.actions.length;
      await vouch(page, "ada", way);
      const frames = () => page.evaluate(() => globalThis.shown);
      // Recorded once the host has said so, and for as many frames as a new conversation would need.
      await expect.poll(async () => (await frames()).length).toBeGreaterThan(20);
      expect(new Set(await frames()).size).toBe(1);
      for (const secret of SECRETS) expect((await frames())[0]).toContain(secret);
      expect(server.actions).toHaveLength(before);
      await page.close();
    },
  );

  test("keeps what was begun anonymously when they log in", async () => {
    const page = await asked(undefined);
    await vouch(page, "ada", "function");
    await server.received(({ action }) => action === "set_auth_context");
    await expect.poll(() => stored(page)).toContain("s1 verified");
    await page.evaluate(() => globalThis.element.updateComplete);
    expect(creates()).toHaveLength(1);
    const shown = await page.evaluate(() => globalThis.shown);
    for (const secret of SECRETS) expect(shown.every((each) => each.includes(secret))).toBe(true);
    await page.close();
  });
});
