import { expect, type Page } from "@playwright/test";
import { chatOf, lettersOf } from "./chat.js";
import { test } from "./deployment.js";
import { strictHost } from "./strict-host.js";

test.use({ pace: { ttftMs: 20, tokensPerSecond: 200 } });

/** What the loader fetches. */
const CHAT = /\/smooth-agent\/[^/]+\.js/;

test("the launcher works before anything else is there: a press is kept, and opens the chat with the focus in it", async ({
  page,
  deployment,
}) => {
  const host = await strictHost(page, deployment, { script: "loader.js" });
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(CHAT, async (route) => {
    await held;
    await route.continue();
  });
  await host.visit();
  const launcher = page.locator("smooth-agent").getByRole("button", { name: "Open the chat" });
  await launcher.click();
  await expect(launcher).toHaveAttribute("aria-busy", "true");
  expect(host.asked.filter((url) => url.startsWith("ws"))).toEqual([]);
  letGo();
  const chat = chatOf(page);
  await expect(chat.field).toBeFocused();
  await chat.say("Hello");
  await expect(chat.answers).toHaveCount(1);
  await chat.ended();
  expect(await host.faults()).toEqual([]);
});

test("what the page asks for before the chat is there is done when it is", async ({
  page,
  deployment,
}) => {
  const host = await strictHost(page, deployment, {
    script: "loader.js",
    does: 'SmoothAgent.open(); SmoothAgent.send("Hello");',
  });
  await host.visit();
  const chat = chatOf(page);
  await expect(chat.said).toHaveText([/Hello/]);
  await expect(chat.answers).toHaveCount(1);
  await chat.ended();
  await expect(chat.field).toBeVisible();
  expect(deployment.rows("SELECT ownerId FROM Conversation")).toEqual([{ ownerId: "maya" }]);
  expect(await host.faults()).toEqual([]);
});

test("a chat that cannot be fetched at first is fetched again, and the press that waited is done", async ({
  page,
  deployment,
}) => {
  const host = await strictHost(page, deployment, { script: "loader.js" });
  let tries = 0;
  await page.route(CHAT, (route) => {
    tries += 1;
    return tries === 1 ? route.abort() : route.continue();
  });
  await host.visit();
  const chat = chatOf(page);
  await page.locator("smooth-agent").getByRole("button").click();
  await expect(chat.field).toBeVisible();
  await chat.say("Hello");
  await chat.ended();
  const faults = await host.faults();
  expect(faults.filter((fault) => !fault.includes("net::ERR_FAILED"))).toEqual([]);
  expect(faults).toHaveLength(1);
});

for (const script of ["loader.js", "smooth-agent.js"] as const) {
  test(`${script} twice on a page is one widget with one connection`, async ({
    page,
    deployment,
  }) => {
    const host = await strictHost(page, deployment, { script, copies: 2 });
    const sockets = socketsOf(page);
    await host.visit();
    const chat = chatOf(page);
    await chat.open();
    await chat.say("Hello");
    await chat.ended();
    await expect(page.locator("smooth-agent")).toHaveCount(1);
    expect(sockets().made).toBe(1);
    expect(await host.faults()).toEqual([]);
  });

  test(`${script}: moved in mid-answer, removed and put back, the conversation goes on`, async ({
    page,
    deployment,
  }) => {
    const host = await strictHost(page, deployment, { script });
    const sockets = socketsOf(page);
    await host.visit();
    const chat = chatOf(page);
    await chat.open();
    await chat.say("Tell me about your return policy");
    await expect(chat.answers.locator("[part=prose]")).toContainText(/\w{3}/);
    await page.evaluate(() => {
      const element = document.querySelector("smooth-agent");
      const place = document.createElement("main");
      document.body.prepend(place);
      if (element) place.append(element);
    });
    await chat.ended();
    await expect(chat.answers).toHaveCount(1);
    const [stored] = deployment.rows<{ text: string }>(
      "SELECT text FROM Message WHERE direction = 'outbound'",
    );
    const shown = await chat.answers.locator("[part=prose]").innerText();
    expect(lettersOf(shown)).toBe(lettersOf(stored?.text ?? ""));

    const element = await page.locator("smooth-agent").elementHandle();
    await element?.evaluate((each) => each.remove());
    await expect.poll(() => sockets().open).toBe(0);
    await element?.evaluate((each) => document.body.append(each));
    await expect(chat.answers).toHaveCount(1);
    await chat.say("Thanks");
    await expect(chat.answers).toHaveCount(2);
    await chat.ended();
    expect(sockets().open).toBe(1);
    expect(deployment.rows("SELECT id FROM Session")).toHaveLength(1);
    expect(await host.faults()).toEqual([]);
  });
}

/** Counts the connections of a page. */
function socketsOf(page: Page): () => { made: number; open: number } {
  let [made, closed] = [0, 0];
  page.on("websocket", (socket) => {
    made += 1;
    socket.on("close", () => (closed += 1));
  });
  return () => ({ made, open: made - closed });
}
