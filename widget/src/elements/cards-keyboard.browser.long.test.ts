import type { Confirmation } from "@smooth-agent/protocol";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { ConversationState, OtpState, ToolPart } from "../state/conversation-state.js";
import { become, type BrowserFixture, startBrowser, type TestPage } from "./browser.fixture.js";
import { approval, EDITABLE, form, openPanel, turnOf } from "./cards.fixture.js";

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

const otp: OtpState = {
  turnId: "t1",
  actionDescription: "Look up your orders",
  channels: ["email", "sms"],
  status: "sent",
  channel: "email",
  maskedDestination: "a***@example.com",
};
const asked = (change: Partial<ToolPart> = {}, confirmation: Partial<Confirmation> = {}) =>
  turnOf([approval(change, { expiresAt: 0, ...confirmation })]);
const identity = { fields: [{ key: "email", required: true }] };
const question = {
  question: "Which one?",
  header: "One",
  multiSelect: false,
  options: [{ label: "Red" }, { label: "Blue" }],
};

/** Every card, what a screen reader finds of it, and its controls in the order of the Tab key. */
const CARDS: [string, Partial<ConversationState>, string, string[]][] = [
  [
    "an approval",
    asked({}, { remember: true, note: "Trust me" }),
    `
- group "Refund order 1234":
  - paragraph: Needs your approval
  - heading "Refund order 1234" [level=3]
  - paragraph: Refund $50.00 on order 1234
  - figure "The assistant's words":
    - blockquote: Trust me
  - term: Order
  - definition: "1234"
  - term: Amount
  - definition: $50.00
  - group: Exact details
  - checkbox "Don't ask again for this in this conversation"
  - text: Don't ask again for this in this conversation
  - button "Approve"
  - button "Decline"
  - button "Say no with a reason…"`,
    ["Exact details", "checkbox", "Approve", "Decline", "Say no with a reason…"],
  ],
  [
    "one that may be changed",
    asked({}, { ...EDITABLE, inputs: EDITABLE.inputs?.slice(0, 1) ?? [] }),
    `
- group "Refund order 1234":
  - button "Edit Amount": Edit`,
    ["Edit Amount", "Exact details", "Approve", "Decline", "Say no with a reason…"],
  ],
  [
    "one for the team",
    asked({}, { approver: "team" }),
    `
- group "Refund order 1234":
  - paragraph: Needs the team's approval
  - paragraph: Waiting for the team's approval
  - button "Withdraw"`,
    ["Exact details", "Withdraw"],
  ],
  [
    "one on its way",
    asked({ verdict: { state: "sending", approved: true } }),
    `
- group "Refund order 1234":
  - button "Approving…" [disabled]
  - button "Decline" [disabled]`,
    ["Exact details", "Approving…", "Decline"],
  ],
  [
    "one that was approved",
    asked({
      status: "succeeded",
      verdict: { state: "decided", approved: true, at: NaN, here: true },
    }),
    `
- group "Refund order 1234":
  - heading "Refund order 1234" [level=3]
  - paragraph: You approved · Refund $50.00 on order 1234
  - paragraph: Done
  - group: Details`,
    ["Details"],
  ],
  [
    "a form",
    turnOf([form({ kind: "identity_intake", spec: identity })]),
    `
- group "Your contact details":
  - paragraph: Nora asks
  - heading "Your contact details" [level=3]
  - paragraph: to send it to you
  - text: Email
  - textbox "Email"
  - button "Submit"
  - button "Decline"`,
    ["textbox", "Submit", "Decline"],
  ],
  [
    "choices",
    turnOf([form({ kind: "choices", spec: { questions: [question] } })]),
    `
- group "Which one?":
  - radiogroup "Which one?":
    - radio "Red"
    - radio "Blue"
    - radio "Other"
  - button "Submit"
  - button "Decline"`,
    ["radio", "Submit", "Decline"],
  ],
  [
    "a day",
    turnOf([form({ kind: "date_time", spec: { prompt: "When?", withTime: false } })]),
    `
- group "Pick a day":
  - paragraph: When?
  - textbox "Day"
  - button "Submit"
  - button "Decline"`,
    ["date", "Submit", "Decline"],
  ],
  [
    "a one-time code",
    { ...turnOf([{ type: "text", text: "One moment." }]), otp },
    `
- group "Confirm that it is you":
  - paragraph: One-time code
  - button "Not now"
  - heading "Confirm that it is you" [level=3]
  - paragraph: Look up your orders
  - text: Code sent to a***@example.com
  - textbox "Code sent to a***@example.com"
  - button "Confirm" [disabled]
  - button "Send another code"
  - button "Send it by text message"`,
    ["Not now", "textbox", "Confirm", "Send another code", "Send it by text message"],
  ],
];

test.each(CARDS)(
  "%s has a name, a role and a place in the Tab order for all it shows",
  async (_, state, tree, order) => {
    page = await openPanel(browser, state);
    const card = page.locator(".card");
    const snapshot = await card.ariaSnapshot();
    const missing = tree
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line && !snapshot.includes(line));
    expect({ missing, snapshot }).toEqual({ missing: [], snapshot });
    await card.focus();
    const walked: string[] = [];
    for (let step = 0; step < 20; step += 1) {
      await page.keyboard.press("Tab");
      const found = await page.evaluate(() => {
        const active = globalThis.element.shadowRoot?.activeElement;
        if (!active?.closest(".card")) return undefined;
        const { type } = active as HTMLInputElement;
        return active instanceof HTMLInputElement
          ? type === "text" || type === "email"
            ? "textbox"
            : type
          : (active.ariaLabel ?? active.textContent?.trim());
      });
      if (found === undefined) break;
      // A date is walked part by part.
      if (found !== walked.at(-1)) walked.push(found);
    }
    expect(walked).toEqual(order);
  },
);

test("no change of a card loses the focus, wherever on it the focus is", async () => {
  page = await openPanel(browser, asked({}, EDITABLE));
  const inCard = () =>
    page.evaluate(() => globalThis.element.shadowRoot?.activeElement?.closest(".card") !== null);
  const verdict = { state: "sending", approved: true } as const;
  const decided = { state: "decided", approved: true, at: 1, here: false } as const;
  const ends: Partial<ConversationState>[] = [
    asked({ status: "succeeded", verdict: decided }),
    asked({ status: "expired", verdict: { state: "gone" } }),
    asked({ verdict }),
    asked({ verdictError: "no" }),
  ];
  const places = ["[part=approve]", "[part=decline]", ".link", "summary"];
  for (const end of ends) {
    for (const place of places) {
      await become(page, asked({}, EDITABLE));
      await page.locator(`.card ${place}`).first().focus();
      await become(page, end);
      expect({ end, place, inCard: await inCard() }).toEqual({ end, place, inCard: true });
    }
  }
});

test("what a card asks, and what came of it, is announced", async () => {
  page = await openPanel(browser, {});
  const said = () => page.locator("[aria-live=polite]").textContent();
  await become(page, asked());
  await expect.poll(said).toContain("Refund order 1234");
  const decided = { state: "decided", approved: false, at: 1, here: false, by: "team" } as const;
  await become(page, asked({ status: "denied", verdict: decided }));
  await expect.poll(said).toContain("Declined by the team");
  await become(page, turnOf([form({ kind: "identity_intake", spec: identity })]));
  await expect.poll(said).toContain("Nora asks");
  await become(page, { otp });
  await expect.poll(said).toContain("Confirm that it is you");
});
