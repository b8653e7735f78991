import { mkdirSync } from "node:fs";
import { expect, type Page, type TestInfo } from "@playwright/test";
import { expectGrowth, recordRenders, visit, type Chat } from "./chat.js";
import { test } from "./deployment.js";

const BROKEN = "The mug of #1234 arrived broken";

/** Where pictures of the story go, when somebody wants to look at it. */
const PICTURES = process.env["STORY_PICTURES"];

test.use({ pace: { ttftMs: 20, tokensPerSecond: 300 } });

for (const [device, viewport] of [
  ["desktop", { width: 1100, height: 820 }],
  ["mobile", { width: 390, height: 780 }],
] as const) {
  test.describe(device, () => {
    test.use({ viewport, contextOptions: { reducedMotion: "reduce" } });

    test("a purchase gone wrong, from where it is to money back", async ({
      page,
      deployment,
    }, info) => {
      const chat = await visit(page, deployment.shop.url);
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
