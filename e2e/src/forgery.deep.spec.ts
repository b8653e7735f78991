import { expect, type Page } from "@playwright/test";
import { visit, type Chat } from "./chat.js";
import { test, type Deployment } from "./deployment.js";

// What a script of the page, or something laid over the card, can do to have the visitor approve unawares.

// Tricks are made of styles, which the shop's own policy would refuse an injected script already.
test.use({ bypassCSP: true });

test("presses that a script makes approve nothing", async ({ page, deployment }) => {
  const chat = await asked(page, deployment);
  await expect(chat.approve).toHaveAttribute("aria-disabled", "false");
  await page.evaluate(() => {
    const root = document.querySelector("smooth-agent")?.shadowRoot;
    const button = root?.querySelector<HTMLElement>("[part=approve]");
    if (!button) throw new Error("There is nothing to approve.");
    const targets = [button, ...button.querySelectorAll<HTMLElement>("*")];
    for (const target of targets) {
      if (target instanceof HTMLElement) target.click();
      for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"]) {
        const init = { bubbles: true, composed: true, cancelable: true, detail: 1 };
        target.dispatchEvent(new MouseEvent(type, init));
        target.dispatchEvent(new PointerEvent(type, { ...init, isPrimary: true }));
      }
      for (const key of ["Enter", " "]) {
        for (const type of ["keydown", "keypress", "keyup"]) {
          target.focus();
          target.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, composed: true }));
        }
      }
    }
  });
  await nothingRan(chat, deployment);
});

test("a transparent layer over the card gets the press, and the card nothing", async ({
  page,
  deployment,
}) => {
  const chat = await asked(page, deployment);
  await expect(chat.approve).toHaveAttribute("aria-disabled", "false");
  const box = await chat.approve.boundingBox();
  if (!box) throw new Error("There is nothing to approve.");
  await page.evaluate(() => {
    const layer = document.createElement("div");
    layer.id = "layer";
    layer.popover = "manual";
    layer.style.cssText = "inset:0;width:100vw;height:100vh;border:0;margin:0;opacity:0";
    document.documentElement.append(layer);
    // Shown last, it lies over whatever else is in the top layer.
    layer.showPopover();
  });
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.evaluate(() => document.querySelector("#layer")?.remove());
  await nothingRan(chat, deployment);
});

/** Says what leads to the question, and waits until it is there. */
async function asked(page: Page, { shop }: Deployment): Promise<Chat> {
  const chat = await visit(page, shop.url);
  await chat.say(REFUND);
  await expect(chat.cards).toContainText("$20.00");
  return chat;
}

/** The question still waits, and no money moved; then the visitor's own press approves it. */
async function nothingRan(chat: Chat, { rows }: Deployment): Promise<void> {
  const refunded = chat.page.locator('[data-order="1234"] [data-field="refund"]');
  const states = () => rows<{ state: string }>("SELECT state FROM ToolCall");
  // What a press had sent would have come before this.
  const input = chat.page.locator("smooth-agent").getByRole("textbox").last();
  await input.fill("Are you there?");
  await expect(chat.approve).toHaveAttribute("aria-disabled", "false");
  expect(states()).toEqual([{ state: "awaiting" }]);
  await expect(refunded).toHaveText("");
  await chat.press(chat.approve);
  await expect(refunded).toContainText("$20.00");
  await chat.ended();
  expect(states()).toEqual([{ state: "succeeded" }]);
}

const REFUND = "Please refund $20 on order 1234";
