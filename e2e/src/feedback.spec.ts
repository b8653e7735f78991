import { expect } from "@playwright/test";
import { visit, type Chat } from "./chat.js";
import { test } from "./deployment.js";
import { hearEvents } from "./shop-page.js";

const WHY = "It told me the wrong day.";

test("what a visitor thinks of an answer is told to the page, read by the shop's people, and there after a reload", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say("Where is my order 1187?");
  await chat.ended();
  const told = await hearEvents(page, "feedback", ["messageId", "rating", "comment"]);
  const { up, down } = thumbs(chat);
  await up.click();
  await expect(up).toHaveAttribute("aria-pressed", "true");
  await expect.poll(told).toMatchObject([{ rating: "up" }]);
  const first = { rating: "up", comment: null, userId: "maya", agentId: "shop-assistant" };
  expect(await deployment.feedback()).toMatchObject([first]);

  await down.click();
  await expect(up).toHaveAttribute("aria-pressed", "false");
  const comment = chat.answers.last().locator("[part=comment]");
  await comment.getByRole("textbox").fill(WHY);
  await comment.getByRole("button", { name: "Send" }).click();
  await expect(chat.answers.last()).toContainText("Thank you for your feedback.");
  await expect
    .poll(told)
    .toMatchObject([{ rating: "up" }, { rating: "down" }, { rating: "down", comment: WHY }]);
  const [kept, ...others] = await deployment.feedback();
  expect(others).toEqual([]);
  expect(kept).toMatchObject({ rating: "down", comment: WHY, userId: "maya" });
  expect(new Set((await told()).map(({ messageId }) => messageId))).toEqual(
    new Set([kept?.["messageId"]]),
  );

  await page.reload();
  await chat.open();
  await expect(down).toHaveAttribute("aria-pressed", "true");
  await expect(up).toHaveAttribute("aria-pressed", "false");
  const toldThen = await hearEvents(page, "feedback", ["messageId", "rating"]);
  await down.click();
  await expect(down).toHaveAttribute("aria-pressed", "false");
  const { messageId } = kept ?? {};
  await expect.poll(toldThen).toEqual([{ messageId, rating: null }]);
  await expect.poll(deployment.feedback).toEqual([]);
  await page.reload();
  await chat.open();
  await expect(chat.answers).toHaveCount(1);
  await expect(down).toHaveAttribute("aria-pressed", "false");
});

test.describe("while nobody can be reached", () => {
  test.use({ proxied: true });

  test("what could not be kept is said, told to nobody, and kept when it is tried again", async ({
    page,
    deployment,
  }) => {
    const chat = await visit(page, deployment.shop.url);
    await chat.say("Hello");
    await chat.ended();
    const told = await hearEvents(page, "feedback", ["rating"]);
    const { up } = thumbs(chat);
    deployment.proxy?.sever();
    await expect(page.locator("smooth-agent .status")).toHaveText("Connection lost");
    await up.click();
    await page.locator("smooth-agent").getByRole("button", { name: "Not now" }).click();
    await expect(chat.answers.last()).toContainText("Your feedback was not saved.");
    expect(await told()).toEqual([]);
    deployment.proxy?.mend();
    await expect(page.locator("smooth-agent .status")).toHaveText("Online");
    await chat.answers.last().getByRole("button", { name: "Try again" }).click();
    await expect.poll(told).toEqual([{ rating: "up" }]);
    expect(await deployment.feedback()).toMatchObject([{ rating: "up" }]);
  });
});

function thumbs({ answers }: Chat) {
  const thumb = (name: string) => answers.last().getByRole("button", { name });
  return { up: thumb("Good answer"), down: thumb("Bad answer") };
}
