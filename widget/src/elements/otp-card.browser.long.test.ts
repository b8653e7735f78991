import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { OtpState } from "../state/conversation-state.js";
import {
  become,
  type BrowserFixture,
  calls,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";
import { openPanel, turnOf } from "./cards.fixture.js";

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

const otp = (change: Partial<OtpState> = {}): OtpState => ({
  turnId: "t1",
  actionDescription: "Look up your orders",
  channels: ["email", "sms"],
  status: "sent",
  channel: "email",
  maskedDestination: "a***@example.com",
  attemptsRemaining: 3,
  ...change,
});
const show = async (change: Partial<OtpState> = {}) => {
  page = await openPanel(browser, {
    ...turnOf([{ type: "text", text: "One moment." }]),
    otp: otp(change),
  });
};
const code = () => page.getByLabel("Code sent to a***@example.com");
const asked = async () => (await calls(page)).filter(([name]) => name !== "open");
const button = (name: string) => page.getByRole("button", { name, exact: true });

test("takes six digits, typed or pasted, and hands them in by itself, once", async () => {
  await show();
  const { inputMode, autocomplete } = await code().evaluate((node: HTMLInputElement) => ({
    inputMode: node.inputMode,
    autocomplete: node.autocomplete,
  }));
  expect([inputMode, autocomplete]).toEqual(["numeric", "one-time-code"]);
  await code().pressSequentially("12a 45");
  expect(await code().inputValue()).toBe("1245");
  expect(await asked()).toEqual([]);
  await code().fill("Code: 123 456");
  expect(await asked()).toEqual([["verifyOtp", "123456"]]);
  await become(page, { otp: otp({ status: "verifying" }) });
  await code().press("Enter");
  await button("Confirm").click({ force: true });
  expect(await asked()).toHaveLength(1);
});

test("a code of another length is handed in by Enter", async () => {
  await show();
  await code().fill("1234");
  await code().press("Enter");
  expect(await asked()).toEqual([["verifyOtp", "1234"]]);
});

test("tells what was wrong and how often it may be tried; what was typed stays", async () => {
  await show();
  await code().fill("12345");
  await become(page, { otp: otp({ error: "That code is not right.", attemptsRemaining: 1 }) });
  await page.getByRole("alert").getByText("That code is not right.").waitFor();
  await page.getByText("1 attempt left").waitFor();
  expect(await code().inputValue()).toBe("12345");
  expect(await code().getAttribute("aria-invalid")).toBe("true");
  await become(page, { otp: otp({ status: "locked", error: "x", attemptsRemaining: 0 }) });
  await page.locator("[part=otp]").getByText("Too many wrong codes.").waitFor();
  expect(await code().count()).toBe(0);
});

test("another code waits for its time, and goes by the channel that is picked", async () => {
  await show({ resendAt: Date.now() + 2_500 });
  await page.getByText(/^Another code can be sent in \d s$/).waitFor();
  expect(await button("Send another code").count()).toBe(0);
  await button("Send another code").click();
  await button("Send it by text message").click();
  expect(await asked()).toEqual([
    ["requestOtp", "email"],
    ["requestOtp", "sms"],
  ]);
});

test("is told as it goes, and may be let go of", async () => {
  await show({ status: "sending" });
  await page.getByText("A code is on its way…").waitFor();
  await become(page, { otp: otp({ status: "failed" }) });
  await page.locator("[part=otp]").getByText("The code could not be sent.").waitFor();
  await become(page, { otp: otp({ status: "verified" }) });
  const told = "Thank you, it is you. Your message is sent again.";
  await page.locator("[part=otp]").getByText(told).waitFor();
  await expect.poll(() => page.locator("[aria-live=polite]").textContent()).toContain(told);
  await button("Not now").focus();
  await page.keyboard.press("Enter");
  expect(await asked()).toEqual([["dismissOtp"]]);
  await become(page, { otp: undefined });
  await page.locator("[part=otp]").waitFor({ state: "detached" });
  const focused = page.getByRole("textbox", { name: "Write a message" });
  await expect.poll(() => focused.evaluate((node) => node.matches(":focus"))).toBe(true);
});
