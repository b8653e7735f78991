import type { Message, PastToolCall } from "@smooth-agent/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { confirmation } from "../client/model-server.fixture.js";
import { EMPTY_CONVERSATION, reduce } from "../state/reduce.js";
import {
  arrived,
  type BrowserFixture,
  calls,
  play,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";

const HOST = '<smooth-agent agent-id="a"></smooth-agent><script src="/smooth-agent.js"></script>';
const NOW = new Date();
const TODAY = new Date(NOW.getFullYear(), NOW.getMonth(), NOW.getDate(), 14, 2).getTime();
const BEFORE = new Date(2026, 2, 3, 14, 2).getTime();

let browser: BrowserFixture;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const message = (rest: Partial<Message>, text: string): Message => ({
  id: "m1",
  conversationId: "c1",
  direction: "outbound",
  content: { items: [], text },
  createdAt: "2026-01-01T00:00:00Z",
  requestId: "r1",
  ...rest,
});
const question = message({ id: "m0", direction: "inbound" }, "Please refund it");
const call = (rest: Partial<PastToolCall>): PastToolCall => ({
  toolCallId: "t1",
  name: "issue_refund",
  arguments: {},
  status: "succeeded",
  textOffset: 2,
  confirmation: confirmation("t1"),
  ...rest,
});

/** The page of somebody who has just come back to what `answer` ended. */
async function reloaded(answer: Message): Promise<TestPage> {
  const page = await browser.open(HOST);
  const messages = [answer, question];
  const history = { conversationId: "c1", messages, nextCursor: null, hasMore: false };
  const { transcript } = reduce(EMPTY_CONVERSATION, {
    type: "history-page",
    page: history,
    newest: true,
  });
  await play(page, { transcript });
  await page.getByRole("button", { name: "Open the chat" }).click();
  await page.getByRole("dialog").waitFor();
  await arrived(page);
  return page;
}

test.each([
  [
    "an approval of today",
    { decision: { approved: true, at: TODAY } },
    /^Approved · \d+:02(\sPM)? · Refund \$20\.00 on order 1234 Done$/,
  ],
  [
    "an approval that the record says was the visitor's",
    { decision: { approved: true, at: TODAY, by: "visitor" } },
    /^You approved · \d+:02(\sPM)? · Refund \$20\.00 on order 1234 Done$/,
  ],
  [
    "an approval with a change",
    {
      decision: {
        approved: true,
        by: "visitor",
        changes: [{ label: "Amount", from: "$50.00", to: "$20.00" }],
      },
    },
    /^You approved · Refund \$20\.00 on order 1234 Amount \$50\.00 → \$20\.00 Done$/,
  ],
  [
    "an approval of the team's",
    { decision: { approved: true, by: "team" } },
    /^Approved by the team · Refund \$20\.00 on order 1234 Done$/,
  ],
  [
    "what was not asked",
    { decision: { approved: true, by: "grant" } },
    /^Not asked: you allowed this here · Refund \$20\.00 on order 1234 Done$/,
  ],
  [
    "a refusal with a reason",
    { status: "denied", decision: { approved: false, by: "visitor", reason: "Too <b>late</b>" } },
    /^You declined · Refund \$20\.00 on order 1234 “Too <b>late<\/b>” Nothing was changed$/,
  ],
  [
    "an approval of another day",
    { decision: { approved: true, at: BEFORE } },
    /^Approved · .*\b3\b.* \d+:02(\sPM)? · Refund \$20\.00 on order 1234 Done$/,
  ],
  [
    "a time that is none",
    { decision: { approved: true, at: 1e300 } },
    /^Approved · Refund \$20\.00 on order 1234 Done$/,
  ],
  [
    "a refusal",
    { status: "denied", decision: { approved: false } },
    /^Declined · Refund \$20\.00 on order 1234 Nothing was changed$/,
  ],
  [
    "no answer",
    { status: "expired", decision: { approved: false, by: "system" } },
    /^Expired without an answer · Refund \$20\.00 on order 1234 Nothing was changed$/,
  ],
  [
    "a question nobody may answer",
    { status: "awaiting" },
    /^No longer open · Refund \$20\.00 on order 1234 Nothing was changed$/,
  ],
  [
    "an outcome that nobody knows",
    { status: "unknown", decision: { approved: true } },
    /^Approved · Refund \$20\.00 on order 1234 We do not know whether this happened\. It was not tried again;/,
  ],
  [
    "a call that ran when its turn ended",
    { status: "executing", decision: { approved: true } },
    /^Approved · Refund \$20\.00 on order 1234 We do not know whether this happened\. It was not tried again;/,
  ],
] as [string, Partial<PastToolCall>, RegExp][])(
  "%s stays on record between what was said",
  async (_, rest, record) => {
    const page = await reloaded(
      message({ status: "completed", toolCalls: [call(rest)] }, "I.\n\nDone."),
    );
    const parts = page.locator(".agent > :is(.prose, .card)");
    expect(await parts.evaluateAll((nodes) => nodes.map((node) => node.className))).toEqual([
      "prose",
      "card",
      "prose",
    ]);
    expect(await page.locator(".prose").allInnerTexts()).toEqual(["Hello.", "I.", "Done."]);
    const decision = await page.locator(".card .decision").innerText();
    expect(decision.replace(/\s+/g, " ").trim()).toMatch(record);
    expect(await page.locator(".card button").count()).toBe(0);
    expect(await page.locator(".icon-spinner").count()).toBe(0);
    await page.close();
  },
);

test("what was stopped is marked as that, and what failed may be asked again", async () => {
  const stopped = await reloaded(message({ status: "cancelled" }, "We ta"));
  expect(await stopped.locator(".agent").innerText()).toMatch(/We ta\s+This answer was stopped\b/);
  await stopped.close();
  const toolCalls = [call({ status: "executing", confirmation: undefined })];
  const failed = await reloaded(message({ status: "failed", toolCalls }, "It"));
  await failed.getByText("The answer could not be finished.").waitFor();
  await failed.getByText("Issue refund: not known whether it worked").waitFor();
  expect(await failed.locator(".agent").getAttribute("aria-busy")).toBe("false");
  await failed.getByRole("button", { name: "Try again" }).click();
  expect((await calls(failed)).at(-1)).toEqual(["send", "Please refund it"]);
  await failed.close();
});

test("what parts two steps is no empty paragraph while it is all there is", async () => {
  const page = await reloaded(
    message(
      { status: "completed", toolCalls: [call({}), call({ toolCallId: "t2", textOffset: 4 })] },
      "I.\n\n",
    ),
  );
  expect(await page.locator(".agent .prose").count()).toBe(1);
  await page.close();
});
