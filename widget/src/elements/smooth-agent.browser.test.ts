import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { AgentEntry, ToolPart } from "../state/conversation-state.js";
import {
  arrived,
  become,
  type BrowserFixture,
  calls,
  play,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";

const HOST =
  '<input id="host"><smooth-agent agent-id="a"></smooth-agent><script src="/smooth-agent.js"></script>';
let browser: BrowserFixture;
let page: TestPage;

beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(async () => {
  await page.close();
  // Violations of the strict policy are among them; a server that is not there is no fault.
  const faults = page.faults.filter((words) => !/WebSocket|Failed to load resource/.test(words));
  if (faults.length > 0) throw new Error(faults.join("\n"));
});
afterAll(() => browser.close());

const agent = (parts: AgentEntry["parts"], change: Partial<AgentEntry> = {}): AgentEntry => ({
  kind: "agent",
  id: "t1",
  parts,
  at: 1,
  status: "running",
  ...change,
});
const field = () => page.getByRole("textbox", { name: "Write a message" });
const text = (words: string) => ({ type: "text" as const, text: words });

async function opened(state: Parameters<typeof play>[1] = {}, size = {}): Promise<void> {
  page = await browser.open(HOST, size);
  await play(page, state);
  await page.getByRole("button", { name: "Open the chat" }).click();
  await page.getByRole("dialog").waitFor();
  await arrived(page);
}

describe("opening and closing", () => {
  test("a page load opens nothing, connects nothing and leaves the focus", async () => {
    page = await browser.open(HOST);
    await play(page);
    await page.focus("#host");
    await page.evaluate(() => globalThis.element.toggleAttribute("open", true));
    await page.getByRole("dialog").waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("host");
    expect(await calls(page)).toEqual([["open"]]);
    await page.evaluate(() => globalThis.element.close());
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(page.requested).toEqual([]);
  });

  test("the launcher opens with the focus in the field; Escape closes and gives it back", async () => {
    await opened();
    await expect.poll(() => field().evaluate(isFocused)).toBe(true);
    expect(await page.evaluate(() => globalThis.element.hasAttribute("open"))).toBe(true);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await expect
      .poll(() => page.getByRole("button", { name: "Open the chat" }).evaluate(isFocused))
      .toBe(true);
  });

  test("the host hears of opening and closing, and no key that was pressed inside", async () => {
    page = await browser.open(HOST);
    await play(page);
    await page.evaluate(() => {
      const heard: string[] = [];
      Object.assign(globalThis, { heard });
      for (const type of [
        "keydown",
        "keyup",
        "keypress",
        "smooth-agent-open",
        "smooth-agent-close",
      ]) {
        document.addEventListener(type, () => heard.push(type));
      }
    });
    await page.getByRole("button", { name: "Open the chat" }).click();
    await field().press("k");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    const heard = await page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);
    expect(heard.filter((type) => !type.startsWith("key"))).toEqual([
      "smooth-agent-open",
      "smooth-agent-close",
    ]);
    expect(heard.filter((type) => type === "keydown" || type === "keypress")).toEqual([]);
  });

  test("leaving the page closes the conversation, coming back opens it", async () => {
    await opened();
    await page.evaluate(() => globalThis.element.remove());
    expect((await calls(page)).at(-1)).toEqual(["close"]);
    await page.evaluate(async () => {
      document.body.append(globalThis.element);
      await globalThis.element.updateComplete;
    });
    await page.getByRole("dialog").waitFor();
    expect((await calls(page)).map(([name]) => name)).toEqual(["open", "close", "open"]);
  });

  test("on a narrow screen the panel is a sheet, and its field does not zoom", async () => {
    await opened({}, { width: 360, height: 640 });
    await expect
      .poll(() => page.getByRole("dialog").boundingBox())
      .toEqual({ x: 0, y: 0, width: 360, height: 640 });
    const size = await field().evaluate((field) => getComputedStyle(field).fontSize);
    expect(size).toBe("16px");
  });
});

describe("writing", () => {
  test("Enter sends, Shift+Enter breaks the line, an input method's Enter does neither", async () => {
    await opened();
    await field().fill("One");
    const composing = { key: "Enter", isComposing: true, bubbles: true, cancelable: true };
    await field().dispatchEvent("keydown", composing);
    await field().dispatchEvent("keydown", { ...composing, isComposing: false, keyCode: 229 });
    await field().press("Shift+Enter");
    await field().pressSequentially("Two");
    const height = async () => (await field().boundingBox())?.height;
    await expect.poll(height).toBeGreaterThan(50);
    await field().press("Enter");
    expect((await calls(page)).slice(1)).toEqual([["send", "One\nTwo"]]);
    await expect.poll(() => field().inputValue()).toBe("");
    await expect.poll(height).toBeLessThan(50);
  });

  test("quick keys: what was typed in this very frame is sent, and a second Enter sends nothing", async () => {
    await opened();
    await field().evaluate((area: HTMLTextAreaElement) => {
      area.value = "Now";
      area.dispatchEvent(new InputEvent("input", { bubbles: true }));
      const enter = { key: "Enter", bubbles: true, cancelable: true };
      area.dispatchEvent(new KeyboardEvent("keydown", enter));
      area.dispatchEvent(new KeyboardEvent("keydown", enter));
    });
    expect((await calls(page)).slice(1)).toEqual([["send", "Now"]]);
  });

  test("nothing blank, nothing too long, and nothing during a turn is sent; Stop stops", async () => {
    await opened();
    await field().fill("  ");
    await field().press("Enter");
    await field().fill("x".repeat(10_001));
    await page.getByText("1 characters too many").waitFor();
    await field().press("Enter");
    await become(page, { transcript: [agent([])], activeTurnId: "t1" });
    await field().fill("Draft");
    await field().press("Enter");
    await page.getByRole("button", { name: "Stop the answer" }).click();
    expect((await calls(page)).slice(1)).toEqual([["stop"]]);
    expect(await field().inputValue()).toBe("Draft");
  });

  test("a starter is sent as it reads", async () => {
    await opened();
    await page.getByRole("button", { name: "Where is my order?" }).click();
    expect((await calls(page)).slice(1)).toEqual([["send", "Where is my order?"]]);
  });
});

describe("an answer", () => {
  const long = Array.from({ length: 40 }, (_, n) => `Paragraph **${n}**.`).join("\n\n");

  test("grows without a step back, keeps the nodes of closed blocks, and loads no picture", async () => {
    await opened();
    const answer =
      "# Title\n\nSome *text* ![x](https://tracker.example/p.png)\n\n- one\n- two\n\nThe end.";
    const seen: string[] = [];
    for (let cut = 1; cut <= answer.length; cut += 3) {
      await become(page, { transcript: [agent([text(answer.slice(0, cut))])], activeTurnId: "t1" });
      seen.push((await page.locator(".agent .prose").innerText()).replace(/\s+/g, " "));
      if (cut === 31)
        await page.locator(".prose h3").evaluate((node) => Object.assign(globalThis, { node }));
    }
    seen.reduce((before, after) => {
      expect(after.length).toBeGreaterThanOrEqual(before.length - "tracker.example".length);
      return after;
    });
    const kept = await page
      .locator(".prose h3")
      .evaluate((node) => Object.is(node, Reflect.get(globalThis, "node")));
    expect(kept).toBe(true);
    expect(page.requested).toEqual([]);
    await become(page, {
      transcript: [agent([text(answer)], { status: "completed" })],
      activeTurnId: undefined,
    });
    expect(await page.locator(".prose a").getAttribute("rel")).toBe(
      "noopener noreferrer nofollow ugc",
    );
    await expect
      .poll(() => page.locator("[aria-live=polite]").textContent())
      .toContain("Nora says: Title");
  });

  test("sticks to the end only while the reader is there", async () => {
    await opened({ transcript: [agent([text(long)])], activeTurnId: "t1" });
    const scroller = page.getByRole("region", { name: "Conversation" });
    const fromEnd = () =>
      scroller.evaluate((box) => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight));
    await expect.poll(fromEnd).toBe(0);
    await become(page, { transcript: [agent([text(`${long}\n\n${long}`)])] });
    await expect.poll(fromEnd).toBe(0);
    await scroller.hover();
    await page.mouse.wheel(0, -400);
    await expect.poll(fromEnd).toBeGreaterThan(300);
    const top = await scroller.evaluate((box) => box.scrollTop);
    await become(page, { transcript: [agent([text(`${long}\n\n${long}\n\n${long}`)])] });
    expect(await scroller.evaluate((box) => box.scrollTop)).toBe(top);
    await page.getByRole("button", { name: "New messages" }).click();
    await expect.poll(fromEnd).toBe(0);
  });

  test("history that is put in above moves nothing that is read", async () => {
    const last = agent([text(long)], { status: "completed", id: "new" });
    await opened({ transcript: [last], history: { loading: false, hasMore: true } });
    const scroller = page.getByRole("region", { name: "Conversation" });
    await scroller.hover();
    await page.mouse.wheel(0, -500);
    // Whole pixels: the layout above may end on a fraction of one.
    const place = () =>
      page
        .getByText("Paragraph 20.")
        .evaluate((node) => Math.round(node.getBoundingClientRect().top));
    await expect.poll(() => page.locator(".to-end").count()).toBe(1);
    const before = await place();
    const older = agent([text(long.replaceAll("Paragraph", "Earlier"))], {
      status: "completed",
      id: "old",
    });
    await become(page, { transcript: [older, last] });
    expect(Math.abs((await place()) - before)).toBeLessThanOrEqual(1);
  });

  test("of a hostile size does not freeze the page", async () => {
    await opened();
    const sizes = {
      line: "word ".repeat(200_000),
      table: `| a | b |\n|---|---|\n${"| one | two |\n".repeat(10_000)}`,
      quotes: `${"> ".repeat(5_000)}deep`,
    };
    for (const [name, content] of Object.entries(sizes)) {
      const took = await page.evaluate(async (words) => {
        const start = performance.now();
        const entry = { kind: "agent", id: "t1", at: 1, status: "running" } as const;
        globalThis.played.become({
          transcript: [{ ...entry, parts: [{ type: "text", text: words }] }],
        });
        await globalThis.element.updateComplete;
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        return performance.now() - start;
      }, content);
      expect({ name, slow: took > 3_000 }).toEqual({ name, slow: false });
    }
  });

  test("that failed says so and may be asked again", async () => {
    const asked = {
      kind: "visitor",
      id: "v1",
      text: "Where is it?",
      at: 1,
      delivery: "sent",
    } as const;
    const error = { code: "AGENT_ERROR", message: "raw upstream words", retryable: true } as const;
    await opened({ transcript: [asked, agent([], { status: "failed", error })] });
    await page.getByText("The answer could not be finished.").waitFor();
    expect(await page.getByText("raw upstream words").count()).toBe(0);
    await page.getByRole("button", { name: "Try again" }).click();
    expect((await calls(page)).at(-1)).toEqual(["send", "Where is it?"]);
  });
});

describe("the question before a write", () => {
  const confirmation = {
    toolId: "issue_refund",
    actionDescription: "Refund",
    toolCallId: "c1",
    toolName: "issue_refund",
    title: "Refund order 1042",
    summary: "To \u202Eyour card",
    fields: [
      { label: "Amount", value: "€ 89.00" },
      { label: "Note", value: "a\u200Bb" },
    ],
    arguments: { amount: 8900 },
    risk: "low" as const,
    expiresAt: Date.now() + 600_000,
  };
  const tool: ToolPart = {
    type: "tool",
    toolCallId: "c1",
    name: "issue_refund",
    arguments: { amount: 8900 },
    status: "awaiting",
    confirmation,
  };
  const asked = (change: Partial<ToolPart> = {}) => ({
    transcript: [agent([{ ...tool, ...change }], { status: "parked" })],
    activeTurnId: "t1",
  });
  const sending = { state: "sending" as const, approved: true };
  const approve = () => page.getByRole("button", { name: "Approve" });

  /** Presses count from half a second on after nothing lay over the buttons any more. */
  const armed = () =>
    page.locator("[part=approve]:not([aria-disabled=true])").waitFor({ timeout: 10_000 });

  test("shows every value as it is, hidden characters included, and the exact arguments", async () => {
    await opened(asked());
    const card = page.getByRole("group", { name: "Refund order 1042" });
    expect(await card.locator("dd").allTextContents()).toEqual(["€ 89.00", "a⟨U+200B⟩b"]);
    expect(await card.locator(".summary").innerText()).toBe("To ⟨U+202E⟩your card");
    await card.getByText("Exact details").click();
    expect(JSON.parse((await card.locator("pre").textContent()) ?? "")).toEqual({ amount: 8900 });
    await become(page, { connection: { status: "reconnecting", attempt: 1, retryAt: 0 } });
    expect(await card.locator("details").getAttribute("open")).toBe("");
  });

  test("both answers weigh the same", async () => {
    await opened(asked());
    const look = (name: string) =>
      page.getByRole("button", { name }).evaluate((button) => {
        const { offsetWidth: width, offsetHeight: height } = button as HTMLElement;
        const { color, backgroundColor, fontWeight, borderColor } = getComputedStyle(button);
        return { width, height, color, backgroundColor, fontWeight, borderColor };
      });
    expect(await look("Approve")).toEqual(await look("Decline"));
  });

  test("takes no press of a script and none in its first half second", async () => {
    await opened();
    await become(page, asked());
    const box = await approve().boundingBox();
    await page.mouse.click((box?.x ?? 0) + 10, (box?.y ?? 0) + 10);
    await armed();
    await approve().evaluate((button) => (button as HTMLButtonElement).click());
    expect(await calls(page)).toEqual([["open"]]);
  });

  test("sends one verdict for many presses, waits for the ack, keeps the record and the focus", async () => {
    await opened(asked());
    await page.evaluate(() => {
      const { decide } = globalThis.played;
      globalThis.played.decide = (id, approved, details) => {
        decide(id, approved, details);
        const [entry] = globalThis.played.state.transcript;
        if (entry?.kind !== "agent") return;
        const parts = entry.parts.map((part) => ({
          ...part,
          verdict: { state: "sending" as const, approved },
        }));
        globalThis.played.become({ transcript: [{ ...entry, parts }] as never });
      };
    });
    await armed();
    await approve().focus();
    await page.keyboard.press("Enter");
    const busy = page.getByRole("button", { name: "Approving…" });
    await busy.waitFor();
    await busy.click({ clickCount: 3, force: true });
    await page.getByRole("button", { name: "Decline" }).click({ force: true });
    expect((await calls(page)).slice(1)).toEqual([["decide", "c1", true, {}]]);
    expect(await busy.getAttribute("aria-disabled")).toBe("true");
    const verdict = { state: "decided" as const, approved: true, at: Date.now(), here: true };
    await become(page, asked({ status: "succeeded", verdict }));
    await page.getByRole("region").getByText("You approved").waitFor();
    await page.getByText("Done", { exact: true }).waitFor();
    const card = page.getByRole("group", { name: "Refund order 1042" });
    await expect.poll(() => card.evaluate(isFocused)).toBe(true);
  });

  test.each([
    [
      { verdict: { state: "decided", approved: false, at: 1, here: true }, status: "denied" },
      "You declined",
    ],
    [
      { verdict: { state: "decided", approved: true, at: 1, here: false } },
      "Answered in another window: approved",
    ],
    [{ verdict: { state: "gone" }, status: "expired" }, "Expired without an answer"],
    [{ status: "denied", decision: { approved: false, at: 1 } }, "Declined"],
  ] as [Partial<ToolPart>, string][])("keeps the record: %j", async (change, words) => {
    await opened(asked(change));
    await page.getByText(words).waitFor();
    expect(await approve().count()).toBe(0);
  });

  test("says why a verdict did not arrive and may be answered again", async () => {
    await opened(asked({ verdict: sending }));
    await become(page, asked({ verdictError: "That did not reach us." }));
    await page.getByRole("alert").getByText("That did not reach us.").waitFor();
    await armed();
    await approve().click();
    expect((await calls(page)).at(-1)).toEqual(["decide", "c1", true, {}]);
  });
});

describe("the connection is told as it is", () => {
  test("reconnecting counts down; the draft, its caret and the focus stay", async () => {
    await opened();
    await field().fill("Half a mess");
    await field().press("Home");
    await become(page, {
      connection: { status: "reconnecting", attempt: 1, retryAt: Date.now() + 60_000 },
    });
    await page.locator(".status").getByText("Connection lost").waitFor();
    const seconds = async () =>
      Number(/(\d+) s/.exec((await page.locator(".notice").textContent()) ?? "")?.[1]);
    const first = await seconds();
    await expect.poll(seconds, { timeout: 4_000 }).toBeLessThan(first);
    await field().press("x");
    expect(await field().inputValue()).toBe("xHalf a mess");
    await become(page, { connection: { status: "online" } });
    await page.getByText("Online").waitFor();
    expect(await field().evaluate(isFocused)).toBe(true);
  });

  test.each([
    ["ORIGIN_NOT_ALLOWED", "This website is not set up to use this assistant.", 0],
    ["UNAUTHENTICATED", "You need to be signed in to use this assistant.", 1],
  ] as const)("%s", async (code, words, retries) => {
    await opened({
      agent: undefined,
      connection: { status: "refused", error: { code, message: "raw" } },
    });
    await page.getByRole("region").getByText(words).waitFor();
    expect(await field().isDisabled()).toBe(true);
    const retry = page.getByRole("button", { name: "Try again" });
    expect(await retry.count()).toBe(retries);
    if (retries > 0) await retry.click();
    expect((await calls(page)).filter(([name]) => name === "open")).toHaveLength(1 + retries);
  });

  test("an element that nobody set up says so", async () => {
    page = await browser.open(
      '<smooth-agent></smooth-agent><script src="/smooth-agent.js"></script>',
    );
    await page.getByRole("button", { name: "Open the chat" }).click();
    await page.getByText("This chat is not set up correctly on this page.").waitFor();
  });

  test("that it was ended, with a new conversation to begin", async () => {
    await opened();
    const ended = { code: "SESSION_NOT_FOUND", message: "raw" } as const;
    await become(page, {
      connection: { status: "refused", error: ended },
      transcript: [{ kind: "visitor", id: "r", text: "Hello?", at: 1, delivery: "sent" }],
    });
    await page.getByRole("dialog").getByText("This conversation was ended.").waitFor();
    await page.getByRole("button", { name: "Start a new conversation" }).click();
    expect((await calls(page)).at(-1)).toEqual(["open"]);
  });
});

describe("the script tag", () => {
  const TAG = '<script src="/smooth-agent.js" data-agent-id="a" data-theme="dark"></script>';

  test("mounts once, however often it is on the page, with the script's origin as its server", async () => {
    page = await browser.open(TAG + TAG);
    expect(await page.locator("smooth-agent").count()).toBe(1);
    expect(await page.locator("smooth-agent").getAttribute("theme")).toBe("dark");
    await page.evaluate(() => globalThis.SmoothAgent?.open());
    await page.locator(".status").getByText("Connection lost").waitFor();
    expect(page.requested.some((url) => url.endsWith("/ws"))).toBe(true);
    await page.evaluate(() => globalThis.SmoothAgent?.close());
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  });

  test("without an agent it only makes the element known", async () => {
    page = await browser.open('<script src="/smooth-agent.js"></script>');
    expect(await page.locator("smooth-agent").count()).toBe(0);
    expect(await page.evaluate(() => globalThis.SmoothAgent?.element)).toBeNull();
    expect(await page.evaluate(() => customElements.get("smooth-agent") !== undefined)).toBe(true);
  });
});

function isFocused(node: Element): boolean {
  return (node.getRootNode() as Document | ShadowRoot).activeElement === node;
}
