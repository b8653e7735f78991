import { mkdirSync } from "node:fs";
import { expect, type Page, type TestInfo } from "@playwright/test";
import { expectGrowth, recordRenders, visit, type Chat } from "./chat.js";
import { test } from "./deployment.js";

const DARK_RTL = "dark, from right to left";
const BROKEN = "The mug of #1234 arrived broken";

/** Where pictures of the story go, when somebody wants to look at it. */
const PICTURES = process.env["STORY_PICTURES"];

test.use({ pace: { ttftMs: 20, tokensPerSecond: 300 } });

for (const [device, viewport] of [
  ["desktop", { width: 1100, height: 820 }],
  ["mobile", { width: 390, height: 780 }],
  [DARK_RTL, { width: 1100, height: 820 }],
] as const) {
  test.describe(device, () => {
    const colorScheme = device === DARK_RTL ? "dark" : "light";
    test.use({ viewport, colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test("a purchase gone wrong, from where it is to money back", async ({
      page,
      deployment,
    }, info) => {
      if (device === DARK_RTL) await turnAround(page);
      const chat = await visit(page, deployment.shop.url);
      if (device === DARK_RTL) await expectDarkAndTurned(page);
      const look = picturesOf(page, info, device);
      await look("greeting");

      const renders = await recordRenders(page);
      await chat.pressWords("Where is my order?");
      await chat.ended();
      await expect(chat.answers.last()).toContainText("#1187");
      expectGrowth(await renders());
      await look("where");

      await chat.pressWords(BROKEN);
      await expect(chat.forms).toContainText("What shall we do about the mug of #1234?");
      await expect(chat.answers.last().getByRole("table")).toContainText("no, a word is enough");
      await expect(chat.answers.last().locator("[part=tool]")).toHaveCount(2);
      await look("choice");

      await chat.forms.getByText("$24.00 back").click();
      await look("chosen");
      await chat.forms.getByRole("button", { name: "Submit" }).click();
      await expect(chat.cards).toContainText("Refund $24.00 on order #1234");
      const refunded = page.locator('[data-order="1234"] [data-field="refund"]');
      await expect(refunded).toHaveText("");
      await look("asked");

      const amount = device === "desktop" ? await corrected(chat) : "$24.00";
      await look("before");
      await chat.press(chat.approve);
      await chat.ended();
      await expect(chat.cards).toContainText(/you approved/i);
      await expect(chat.answers.last()).toContainText(`Done: ${amount} on order #1234`);
      await expect(refunded).toHaveText(`${amount} refunded`);
      await look("refunded");

      await chat.pressWords("Where is my refund?");
      await chat.ended();
      await expect(chat.answers.last()).toContainText(`${amount} to your Visa ending in 4242`);
      await chat.say("Thank you, Clay");
      await chat.ended();
      await expect(chat.answers.last()).toContainText("You are welcome.");
      await look("end");
    });
  });
}

test("the shop's page offers the story, and one press begins it", async ({ page, deployment }) => {
  await page.goto(deployment.shop.url);
  await page.getByRole("button", { name: BROKEN }).click();
  await expect(page.locator("smooth-agent [part=visitor-message]")).toContainText(BROKEN);
  await expect(page.locator("smooth-agent [part=interaction]")).toContainText("$24.00 back");
});

/** Makes the host page one that is written from the right. */
async function turnAround(page: Page): Promise<void> {
  await page.addInitScript(() =>
    document.addEventListener(
      "DOMContentLoaded",
      () => void (document.documentElement.dir = "rtl"),
    ),
  );
}

async function expectDarkAndTurned(page: Page): Promise<void> {
  const panel = page.locator("smooth-agent [part=panel]");
  await expect(panel).toHaveCSS("direction", "rtl");
  const [ink, paper] = await panel.evaluate((node) => {
    const style = getComputedStyle(node);
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    return [style.color, style.backgroundColor].map((colour) => {
      if (!context) throw new Error("no canvas");
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      return context.getImageData(0, 0, 1, 1).data[1] ?? 0;
    });
  });
  expect(paper).toBeLessThan(60);
  expect(ink).toBeGreaterThan(200);
}

/** The visitor would rather keep half of it. */
async function corrected(chat: Chat): Promise<string> {
  await chat.cards.getByRole("button", { name: "Edit Amount" }).click();
  await chat.cards.getByRole("spinbutton", { name: "Amount" }).fill("12");
  await expect(chat.cards).toContainText("This is what will run");
  return "$12.00";
}

/** Takes a picture of each step, when somebody wants to look. */
function picturesOf(page: Page, info: TestInfo, device: string) {
  let taken = 0;
  return async (name: string): Promise<void> => {
    if (PICTURES === undefined || info.retry > 0) return;
    taken += 1;
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: `${PICTURES}/${device}-${taken}-${name}.png` });
  };
}
