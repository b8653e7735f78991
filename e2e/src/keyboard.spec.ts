import { expect, type Locator, type Page } from "@playwright/test";
import { chatOf } from "./chat.js";
import { test } from "./deployment.js";

test.use({ pace: { ttftMs: 20, tokensPerSecond: 300 } });

test("a purchase gone wrong is made good by keyboard alone", async ({ page, deployment }) => {
  const { keyboard } = page;
  await page.goto(deployment.shop.url);
  const chat = chatOf(page);
  const widget = page.locator("smooth-agent");
  const launcher = widget.getByRole("button", { name: "Open the chat" });
  await tabTo(page, launcher);
  await keyboard.press("Enter");
  await expect(chat.field).toBeFocused();
  await keyboard.type("Where is my order?");
  await keyboard.press("Enter");
  await expect(chat.answers.last()).toContainText("#1187");
  await chat.ended();

  await tabTo(page, widget.getByRole("button", { name: "The mug of #1234 arrived broken" }));
  await keyboard.press("Enter");
  await expect(chat.forms).toContainText("What shall we do about the mug of #1234?");
  // The button that was pressed is gone, and the focus is not lost with it.
  await expect(widget.locator(":focus")).toHaveCount(1);
  await keyboard.press("F6");
  await expect(chat.forms).toBeFocused();
  const money = chat.forms.getByRole("radio", { name: /\$24\.00 back/ });
  await keyboard.press("Tab");
  while (!(await money.isChecked())) {
    await expect(chat.forms.locator("input:focus")).toHaveCount(1);
    await keyboard.press((await chat.forms.locator(":checked").count()) ? "ArrowDown" : "Space");
  }
  await tabTo(page, chat.forms.getByRole("button", { name: "Submit" }));
  await keyboard.press("Enter");

  await expect(chat.cards).toContainText("Refund $24.00 on order #1234");
  await keyboard.press("F6");
  await expect(chat.cards).toBeFocused();
  await tabTo(page, chat.approve);
  // Nothing counts that is pressed before the question could be read.
  await expect(chat.approve).toHaveAttribute("aria-disabled", "false");
  await keyboard.press("Enter");
  const refunded = page.locator('[data-order="1234"] [data-field="refund"]');
  await expect(refunded).toHaveText("$24.00 refunded");
  await chat.ended();
  await expect(chat.cards).toContainText(/you approved/i);

  await keyboard.press("Escape");
  await expect(widget.locator("#panel")).toBeHidden();
  await expect(launcher).toBeFocused();
  await keyboard.press("Enter");
  await expect(chat.field).toBeFocused();
});

test("an Enter that picks a candidate of an input method sends nothing, the next one does", async ({
  page,
  deployment,
}) => {
  await page.goto(deployment.shop.url);
  const chat = chatOf(page);
  await chat.open();
  await expect(chat.field).toBeFocused();
  const keys = await page.context().newCDPSession(page);
  const text = "注文はどこですか";
  await keys.send("Input.imeSetComposition", { text, selectionStart: 8, selectionEnd: 8 });
  // The method keeps the key for itself: the page is told of it, and no line is broken.
  const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 };
  await keys.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...enter });
  await keys.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter });
  await keys.send("Input.insertText", { text });
  await expect(chat.field).toHaveValue(text);
  await expect(chat.said).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(chat.said).toHaveText([new RegExp(text)]);
  await chat.ended();
  const sent = deployment.rows("SELECT text FROM Message WHERE direction = 'inbound'");
  expect(sent).toEqual([{ text }]);
});

test("Escape leaves one thing at a time: the menu, the list, the chat; keys stay out of the page", async ({
  page,
  deployment,
}) => {
  const { keyboard } = page;
  await page.goto(deployment.shop.url);
  await page.evaluate(() => {
    const pressed: string[] = [];
    Object.assign(window, { pressed });
    document.addEventListener("keydown", ({ key }) => pressed.push(key));
  });
  const widget = page.locator("smooth-agent");
  const chat = chatOf(page);
  await chat.open();
  await chat.say("Hello");
  await chat.ended();
  const menu = widget.getByRole("button", { name: "Menu" });
  await tabTo(page, menu, "Shift+Tab");
  await keyboard.press("Enter");
  await expect(widget.getByRole("menuitem", { name: "New conversation" })).toBeFocused();
  await keyboard.press("Escape");
  await expect(menu).toBeFocused();
  await keyboard.press("ArrowDown");
  await expect(widget.getByRole("menuitem", { name: "New conversation" })).toBeFocused();
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await expect(chat.listed).toHaveCount(1);
  await keyboard.press("Tab");
  await expect(chat.listed.getByRole("button")).toBeFocused();
  await keyboard.press("Escape");
  await expect(menu).toBeFocused();
  await expect(chat.said).toHaveText([/Hello/]);
  await keyboard.press("Escape");
  await expect(widget.locator("#panel")).toBeHidden();
  expect(await page.evaluate(() => (window as unknown as { pressed: string[] }).pressed)).toEqual(
    [],
  );
});

/** Presses Tab until `goal` has the focus. */
async function tabTo(page: Page, goal: Locator, key = "Tab"): Promise<void> {
  await expect(goal).toBeVisible();
  for (let presses = 0; presses < 40; presses += 1) {
    if (await goal.evaluate((node) => node.matches(":focus"))) return;
    await page.keyboard.press(key);
  }
  throw new Error("No number of Tabs leads there.");
}
