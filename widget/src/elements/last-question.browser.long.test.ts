import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  become,
  type BrowserFixture,
  calls,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";
import { approval, turnOf } from "./cards.fixture.js";
import { answered, asked, openTalk } from "./talk.fixture.js";

let browser: BrowserFixture;
let page: TestPage;

beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(() => page.close());
afterAll(() => browser.close());

const TALK = [asked("1", "Where is it?"), answered("1", "On its way.")];
const RUNNING = [asked("1", "Where is it?"), answered("1", "On", { status: "running" })];
const field = () => page.getByRole("textbox", { name: "Write a message" });
const button = (name: string) => page.getByRole("button", { name, exact: true });
const strip = () => page.locator(".edit-strip");
const made = async (name: string) => (await calls(page)).filter(([each]) => each === name);

test("the last question comes into the field and is sent anew; what stood there comes back on the way out", async () => {
  page = await openTalk(browser, { transcript: TALK });
  await field().fill("Something else");
  await button("Edit and send again").click();
  expect(await strip().innerText()).toContain("Editing your last question");
  expect(await field().inputValue()).toBe("Where is it?");
  expect(await button("Edit and send again").count()).toBe(0);

  await field().press("Escape");
  await strip().waitFor({ state: "detached" });
  expect(await field().inputValue()).toBe("Something else");
  expect(await page.getByRole("dialog").isVisible()).toBe(true);

  await button("Edit and send again").click();
  await strip().getByRole("button", { name: "Cancel" }).click();
  expect(await field().inputValue()).toBe("Something else");

  await button("Edit and send again").click();
  await field().fill("Where is order 7?");
  await field().press("Enter");
  await strip().waitFor({ state: "detached" });
  expect(await made("resend")).toEqual([["resend", "Where is order 7?"]]);
  expect(await made("send")).toEqual([]);
  expect(await field().inputValue()).toBe("");
});

test("the arrow up in an empty field brings the last question, and in a written one moves in it", async () => {
  page = await openTalk(browser, { transcript: TALK });
  await field().fill("x");
  await field().press("ArrowUp");
  expect(await strip().count()).toBe(0);
  await field().fill("");
  await field().press("ArrowUp");
  await strip().waitFor();
  expect(await field().inputValue()).toBe("Where is it?");
});

test("a page that objects keeps the question in the field", async () => {
  page = await openTalk(browser, { transcript: TALK });
  await page.evaluate(() =>
    globalThis.element.addEventListener("smooth-agent-before-send", (event) =>
      event.preventDefault(),
    ),
  );
  await button("Edit and send again").click();
  await field().press("Enter");
  expect(await made("resend")).toEqual([]);
  expect(await field().inputValue()).toBe("Where is it?");
  expect(await strip().count()).toBe(1);
});

test("it is sent anew during an answer too, but not while a question waits", async () => {
  page = await openTalk(browser, { transcript: RUNNING, activeTurnId: "1" });
  await button("Edit and send again").click();
  await button("Send").click();
  expect(await made("resend")).toEqual([["resend", "Where is it?"]]);
  await become(page, turnOf([approval({ toolCallId: "c1" })]));
  expect(await button("Edit and send again").count()).toBe(0);
  await field().press("ArrowUp");
  expect(await strip().count()).toBe(0);
});

test("what is written during an answer stays in the field, which says when it can go", async () => {
  page = await openTalk(browser, { transcript: RUNNING, activeTurnId: "1" });
  await field().fill("And then?");
  await page.getByText("You can send this after the answer.").waitFor();
  await field().press("Enter");
  expect(await field().inputValue()).toBe("And then?");
  expect(await made("send")).toEqual([]);
  expect(await button("Send").count()).toBe(0);
  expect(await button("Stop the answer").count()).toBe(1);
});

test("with a queue it goes behind the answer, and can be taken back", async () => {
  const queue = { activeTurnId: "1", whileBusy: "queue" as const };
  page = await openTalk(browser, { transcript: RUNNING, ...queue });
  await field().fill("And then?");
  expect(await button("Stop the answer").count()).toBe(1);
  await button("Send").click();
  expect(await made("send")).toEqual([["send", "And then?"]]);
  const waiting = asked("2", "And then?", { delivery: "waiting", waitsFor: "answer" });
  await become(page, { transcript: [...RUNNING, waiting] });
  await page.getByText("Sent after this answer").waitFor();
  await button("Take back").click();
  expect(await made("unsend")).toEqual([["unsend", "2"]]);
});

test("a message that waits for the connection says so", async () => {
  const waiting = asked("1", "Hello", { delivery: "waiting", waitsFor: "connection" });
  page = await openTalk(browser, { transcript: [waiting] });
  await page.getByText("Will be sent when you are connected").waitFor();
});

test("what is taken back joins what is being written, and neither is lost", async () => {
  const waiting = asked("2", "And then?", { delivery: "waiting", waitsFor: "answer" });
  page = await openTalk(browser, { transcript: [...RUNNING, waiting], activeTurnId: "1" });
  await field().fill("Also this");
  await button("Take back").click();
  expect(await field().inputValue()).toBe("Also this\nAnd then?");
});

test("a message that was not accepted is edited, since the same words would be refused again", async () => {
  const error = { code: "VALIDATION_ERROR", message: "", retryable: false } as const;
  const refused = asked("1", "Too odd", { delivery: "refused", error });
  page = await openTalk(browser, { transcript: [refused] });
  expect(await button("Try again").count()).toBe(0);
  await button("Edit").click();
  expect(await made("unsend")).toEqual([["unsend", "1"]]);
  expect(await field().inputValue()).toBe("Too odd");
  await expect.poll(() => field().evaluate((each) => each.matches(":focus"))).toBe(true);
});

test("a message that may go another time is tried again as it is", async () => {
  const error = { code: "RATE_LIMITED", message: "", retryable: true } as const;
  page = await openTalk(browser, {
    transcript: [asked("1", "Hello", { delivery: "refused", error })],
  });
  await button("Try again").click();
  expect(await made("retry")).toEqual([["retry", "1"]]);
  expect(await button("Edit").count()).toBe(0);
});

test("a failed answer that the record tells of is asked for again, once for two quick presses", async () => {
  const stored = answered("1", "On", { status: "failed" });
  page = await openTalk(browser, { transcript: [asked("1", "Where is it?"), stored] });
  await button("Try again").evaluate((again: HTMLButtonElement) => {
    again.click();
    again.click();
  });
  expect(await made("send")).toEqual([["send", "Where is it?"]]);
});

test("what waits behind a question says that it does, and what is offline says so before it is sent", async () => {
  const waiting = asked("2", "And then?", { delivery: "waiting", waitsFor: "question" });
  page = await openTalk(browser, { transcript: [...RUNNING, waiting], activeTurnId: "1" });
  await page.getByText("Sent once the question above is answered").waitFor();
  const connection = { status: "reconnecting", retryAt: Date.now() + 60_000, attempt: 1 } as const;
  await become(page, { transcript: TALK, activeTurnId: undefined, connection });
  const hint = page.locator(".composer [role=status]");
  expect(await hint.count()).toBe(0);
  await field().fill("And then?");
  await expect.poll(() => hint.allInnerTexts()).toEqual(["Will be sent when you are connected"]);
  await field().press("Enter");
  expect(await made("send")).toEqual([["send", "And then?"]]);
  await become(page, { connection: { status: "online" } });
  await field().fill("More");
  expect(await hint.count()).toBe(0);
});
