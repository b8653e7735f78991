import { expect, type Page } from "@playwright/test";
import { chatOf, visit } from "./chat.js";
import { test } from "./deployment.js";
import { callWidget } from "./shop-page.js";

const KEPT = {
  local: { local: true, session: false, reload: 1, tab: 1 },
  session: { local: false, session: true, reload: 1, tab: 0 },
  none: { local: false, session: false, reload: 0, tab: 0 },
} as const;

for (const [mode, kept] of Object.entries(KEPT)) {
  test(`storage "${mode}": a reload shows ${kept.reload} messages, another tab ${kept.tab}`, async ({
    page,
    context,
    deployment,
  }) => {
    const { url } = deployment.shop;
    // As the page's own markup would say it.
    await context.addInitScript((word) => {
      document.addEventListener("DOMContentLoaded", () =>
        document.querySelector("smooth-agent")?.setAttribute("storage", word),
      );
    }, mode);
    const chat = await visit(page, url);
    await chat.say("Hello");
    await chat.field.fill("And then");
    await chat.ended();
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide")));
    const { local, session } = await keysIn(page);
    expect([local.length > 0, session.length > 0]).toEqual([kept.local, kept.session]);

    await page.reload();
    await chat.open();
    await expect(chat.said).toHaveCount(kept.reload);
    await expect(chat.field).toHaveValue(kept.reload ? "And then" : "");
    const tab = await visit(await context.newPage(), url);
    await expect(tab.said).toHaveCount(kept.tab);
    const cookies = await context.cookies();
    expect(cookies.filter(({ name }) => name !== "kiln_customer")).toEqual([]);
  });
}

test("forget() removes all that is kept, nothing of the page's own, and begins anew", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await page.evaluate(() => localStorage.setItem("cart", "2 mugs"));
  await chat.say("Hello");
  await chat.ended();
  await chat.field.fill("My address is");
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide")));
  const before = await keysIn(page);
  expect(before.local.length).toBeGreaterThan(2);
  await callWidget(page, "close");
  await callWidget(page, "forget");
  await expect.poll(() => keysIn(page)).toMatchObject({ session: [] });
  await expect.poll(async () => (await keysIn(page)).local.join()).not.toContain("draft");
  await expect(chat.said).toHaveCount(0);

  await page.reload();
  await chatOf(page).open();
  await expect(chat.said).toHaveCount(0);
  await expect(chat.field).toHaveValue("");
  const rows = deployment.rows("SELECT id FROM Message WHERE direction = 'inbound'");
  expect(rows).toHaveLength(1);
  expect(await page.evaluate(() => localStorage.getItem("cart"))).toBe("2 mugs");
});

function keysIn(page: Page): Promise<{ local: string[]; session: string[] }> {
  return page.evaluate(() => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
  }));
}
