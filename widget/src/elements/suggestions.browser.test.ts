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

// What stands beside an answer: the line that covers the wait, and what could be said next.

let browser: BrowserFixture;
let page: TestPage;

beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(() => page.close());
afterAll(() => browser.close());

const text = (words: string) => ({ type: "text" as const, text: words });
const agent = (parts: AgentEntry["parts"], change: Partial<AgentEntry> = {}): AgentEntry => ({
  ...{ kind: "agent", id: "t1", parts, at: 1, status: "completed" },
  ...change,
});

async function opened(): Promise<void> {
  page = await browser.open(
    '<smooth-agent agent-id="a"></smooth-agent><script src="/smooth-agent.js"></script>',
  );
  await play(page);
  await page.getByRole("button", { name: "Open the chat" }).click();
  await page.getByRole("dialog").waitFor();
}

describe("what the visitor could say next", () => {
  const answered = (suggestions: string[]) => agent([text("Shall I?")], { suggestions });

  test("stands under the last answer, is sent as it reads, and goes when a turn starts", async () => {
    await opened();
    const hostile = "<b>No</b> [x](https://tracker.example)";
    await become(page, { transcript: [answered(["Yes, do", hostile])] });
    const chips = page.locator("[part=agent-message] [part=starter]");
    expect(await chips.allInnerTexts()).toEqual(["Yes, do", hostile]);
    await page.getByRole("button", { name: "Yes, do" }).click();
    expect((await calls(page)).slice(1)).toEqual([["send", "Yes, do"]]);
    const said = { kind: "visitor", id: "t2", text: "Yes, do", at: 2, delivery: "sent" } as const;
    await become(page, { transcript: [answered(["Yes, do"]), said], activeTurnId: "t2" });
    expect(await chips.count()).toBe(0);
    expect(await page.evaluate(() => globalThis.element.shadowRoot?.activeElement?.tagName)).toBe(
      "TEXTAREA",
    );
  });

  test("wraps in a narrow panel, from whichever side", async () => {
    await opened();
    await page.setViewportSize({ width: 360, height: 640 });
    const long = "x".repeat(200);
    for (const dir of ["ltr", "rtl"]) {
      await page.evaluate((dir) => document.documentElement.setAttribute("dir", dir), dir);
      await become(page, { transcript: [answered([long, "نعم"])] });
      const panel = await page.locator("[part=transcript]").boundingBox();
      const chip = await page.locator("[part=agent-message] [part=starter]").first().boundingBox();
      expect(chip && panel && chip.x >= panel.x).toBe(true);
      expect(chip && panel && chip.x + chip.width <= panel.x + panel.width).toBe(true);
    }
  });
});

test("a preamble is shown until the answer begins, by its words or by a tool", async () => {
  await opened();
  const waiting = agent([], { status: "running", preamble: "Let me check." });
  await become(page, { transcript: [waiting], activeTurnId: "t1" });
  const line = page.getByText("Let me check.");
  expect(await line.count()).toBe(1);
  const thought = { type: "reasoning", text: "Hm." } as const;
  await become(page, { transcript: [{ ...waiting, parts: [thought] }] });
  expect(await line.count()).toBe(1);
  const tool = {
    type: "tool",
    toolCallId: "c",
    name: "look",
    arguments: {},
    status: "executing",
  } as const;
  await become(page, { transcript: [{ ...waiting, parts: [thought, tool] }] });
  expect(await line.count()).toBe(0);
  await become(page, { transcript: [{ ...waiting, parts: [text("Here.")] }] });
  expect(await line.count()).toBe(0);
});

test("what the agent thinks is in the present while it thinks, and told as done afterwards", async () => {
  await opened();
  const thought = { type: "reasoning", text: "Hm." } as const;
  const heading = page.locator(".reasoning summary");
  const running = agent([thought], { status: "running" });
  await become(page, { transcript: [running], activeTurnId: "t1" });
  expect(await heading.innerText()).toBe("Thinking…");
  await become(page, { transcript: [{ ...running, parts: [thought, text("Here.")] }] });
  expect(await heading.innerText()).toBe("Thought it over");
});
