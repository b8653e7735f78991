import { expect } from "@playwright/test";
import { expectGrowth, lettersOf, partsOf, recordRenders, visit } from "./chat.js";
import { test } from "./deployment.js";

test("an answer streams: every render extends the one before, and the last one is what is stored", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  const renders = await recordRenders(page);
  await chat.say("Hello, what can you do for me?");
  await expect(chat.answers).toHaveCount(1);
  await chat.ended();

  const shown = await renders();
  expect(shown.length).toBeGreaterThan(5);
  expectGrowth(shown);
  const [stored] = deployment.rows<{ text: string }>(
    "SELECT text FROM Message WHERE direction = 'outbound'",
  );
  expect(shown.at(-1)).toBe(lettersOf(stored?.text ?? ""));
});

test("a read runs without asking, and its activity is shown", async ({ page, deployment }) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say("Where is my order 1187?");
  await chat.ended();
  await expect(chat.answers.last().locator("[part=tool]").first()).toContainText(/look/i);
  await expect(chat.answers.last()).toContainText("1187");
  await expect(chat.cards).toHaveCount(0);
});

test("nothing is connected or asked of anyone else before the chat is opened", async ({
  page,
  deployment,
}) => {
  const requests: string[] = [];
  const sockets: string[] = [];
  page.on("request", (request) => requests.push(new URL(request.url()).origin));
  page.on("websocket", (socket) => sockets.push(socket.url()));
  await page.goto(deployment.shop.url);
  await expect(page.locator("smooth-agent").getByRole("button")).toBeVisible();
  expect(sockets).toEqual([]);
  const ours = new Set([deployment.shop.url, deployment.agent.url]);
  expect(requests.filter((origin) => !ours.has(origin))).toEqual([]);
});

test.describe("a slow model", () => {
  test.use({ pace: { ttftMs: 50, tokensPerSecond: 25 } });

  test("stop ends the answer at once and keeps what was said, as that of a cancelled turn", async ({
    page,
    deployment,
  }) => {
    const chat = await visit(page, deployment.shop.url);
    await chat.say("Tell me about your return policy");
    await expect(chat.answers.last().locator("[part=prose]")).toContainText(/\w{3}/);
    await chat.stop.click();
    await chat.ended();
    const kept = await chat.answers.last().textContent();
    await expect(chat.answers.last()).toContainText(/stopped/i);
    const turns = deployment.rows<{ state: string }>("SELECT state FROM Turn");
    expect(turns).toEqual([{ state: "cancelled" }]);
    const answers = deployment.rows<{ text: string; status: string }>(
      "SELECT text, status FROM Message WHERE direction = 'outbound'",
    );
    expect(answers).toMatchObject([{ status: "cancelled" }]);
    const prose = await chat.answers.last().locator("[part=prose]").innerText();
    expect(lettersOf(prose)).toBe(lettersOf(answers[0]?.text ?? ""));

    await chat.say("Thanks");
    await chat.ended();
    await expect(chat.answers).toHaveCount(2);
    expect(await chat.answers.first().textContent()).toBe(kept);
  });

  test("what was said before Stop is there after a reload, in its place and marked as stopped", async ({
    page,
    deployment,
  }) => {
    const chat = await visit(page, deployment.shop.url);
    await chat.say("Tell me about your return policy");
    await expect(chat.answers.last().locator("[part=prose]")).toContainText(/\w{3}/);
    await chat.stop.click();
    await chat.ended();
    await chat.say("Thanks");
    await expect(chat.answers).toHaveCount(2);
    await chat.ended();
    const before = await chat.answers.allInnerTexts();
    expect(before[0]).toMatch(/stopped/i);

    await page.reload();
    await chat.open();
    await expect(chat.answers).toHaveCount(2);
    expect(await chat.answers.allInnerTexts()).toEqual(before);
    expect(await partsOf(chat.answers.first())).toEqual(["prose"]);
    await expect(chat.said).toHaveCount(2);
  });

  test("a reload in mid-answer shows the whole answer once", async ({ page, deployment }) => {
    const chat = await visit(page, deployment.shop.url);
    await chat.say("Tell me about your return policy");
    await expect(chat.answers.last().locator("[part=prose]")).toContainText(/\w{3}/);
    await page.reload();
    await chat.open();
    await expect(chat.answers).toHaveCount(1);
    await expect(chat.answers).toHaveAttribute("aria-busy", "true");
    const renders = await recordRenders(page);
    await chat.ended();
    const shown = await renders();
    expect(shown.length).toBeGreaterThan(5);
    expectGrowth(shown);

    await expect(chat.said).toHaveCount(1);
    await expect(chat.answers).toHaveCount(1);
    const whole = await chat.answers.last().locator("[part=prose]").innerText();
    const [stored] = deployment.rows<{ text: string }>(
      "SELECT text FROM Message WHERE direction = 'outbound'",
    );
    expect(lettersOf(whole)).toBe(lettersOf(stored?.text ?? ""));
    await page.reload();
    await chat.open();
    await expect(chat.answers).toHaveCount(1);
    // What the stream drew over the reload is what the stored answer draws.
    expect(await chat.answers.last().locator("[part=prose]").innerText()).toBe(whole);
  });
});
