import { expect } from "@playwright/test";
import { visit } from "./chat.js";
import { test } from "./deployment.js";

const DAY_MS = 86_400_000;
const ZONE = "Asia/Tokyo";

test.use({ timezoneId: ZONE, locale: "en-GB" });

test("what was said stands under its day and with its time, in the visitor's own time zone", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  const days = page.locator("smooth-agent [part=transcript] .day");
  await chat.say("Hello");
  await chat.ended();
  // What begins today need not say so.
  await expect(days).toHaveCount(0);
  const time = chat.said.first().locator("time");
  const words = new Intl.DateTimeFormat("en", {
    hour: "numeric",
    minute: "2-digit",
    timeZone: ZONE,
  });
  const told = async () => new Date((await time.getAttribute("datetime")) ?? "");
  const at = await told();
  expect(Math.abs(Date.now() - at.getTime())).toBeLessThan(60_000);
  await expect(time).toHaveText(words.format(at));

  for (const [later, name] of [
    [1, "Yesterday"],
    [3, new Intl.DateTimeFormat("en", { ...LONG, timeZone: ZONE }).format(at)],
  ] as const) {
    await page.clock.setFixedTime(Date.now() + later * DAY_MS);
    await page.reload();
    await chat.open();
    // The year stands behind it once it is another one.
    await expect(days).toHaveText([new RegExp(`^${name}`)]);
    await expect(time).toHaveText(words.format(await told()));
  }
});

const LONG = { weekday: "long", day: "numeric", month: "long" } as const;
