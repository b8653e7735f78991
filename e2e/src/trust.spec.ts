import { expect, type Page } from "@playwright/test";
import { chatOf } from "./chat.js";
import { test } from "./deployment.js";
import type { HostElement } from "./shop-page.js";
import { strictHost } from "./strict-host.js";

const LONG = [
  "# Everything\n\nA **long** answer with `code_in_words`, a [link](https://example.com/a_b_(c)) and ~~no~~ <b>HTML</b>.",
  "- one\n  1. nested\n  2. again\n- [x] done\n- [ ] not done",
  "| Step | Who |\n| :--- | ---: |\n" +
    Array.from({ length: 12 }, (_, row) => `| step ${row} | person ${row} |`).join("\n"),
  "> Quoted, with <img src=https://evil.example/x.png onerror=alert(1)> and ![a picture](https://evil.example/p.png)",
  "```js\nexport const answer = (question) => `${question}: 42`; // <script>alert(1)</script>\n```",
  "[not a link](javascript:alert(1)) and <style>*{display:none}</style>",
].join("\n\n");

test.use({
  pace: {
    ttftMs: 20,
    tokensPerSecond: 200,
    says: (text) => (text.includes("everything") ? LONG : undefined),
  },
});

for (const script of ["smooth-agent.js", "loader.js"] as const) {
  test(`${script}: a page with a strict policy sees no violation while answers stream, a card is approved and the panel comes and goes`, async ({
    page,
    deployment,
  }) => {
    const host = await strictHost(page, deployment, { script });
    await host.visit();
    const widget = page.locator("smooth-agent");
    await expect(widget.getByRole("button")).toBeVisible();
    // Long enough for whatever waits for an idle moment.
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
    await page.waitForLoadState("networkidle");
    expect(await host.written()).toEqual([]);
    expect(host.asked.filter((url) => url.startsWith("ws"))).toEqual([]);
    expect(host.asked.filter((url) => url.includes("auth-context"))).toEqual([]);

    const chat = chatOf(page);
    await chat.open();
    await chat.say("Tell me everything");
    await expect(chat.answers).toHaveCount(1);
    await chat.ended();
    const answer = chat.answers.last();
    await expect(answer.locator("table tbody tr")).toHaveCount(12);
    await expect(answer.locator("pre")).toContainText("<script>alert(1)</script>");
    await expect(answer.locator("img, script, style")).toHaveCount(0);
    await answer.getByRole("button", { name: "Copy", exact: true }).first().click();

    await chat.say("Please refund $20 on order 1234");
    await chat.press(chat.approve);
    await chat.ended();
    await expect(chat.cards).toContainText(/you approved/i);

    await page.keyboard.press("Escape");
    await expect(widget.locator("#panel")).toBeHidden();
    await widget.getByRole("button", { name: /open/i }).click();
    await expect(widget.locator("#panel")).toBeVisible();
    await widget.evaluate((element) => {
      const parent = element.parentElement;
      element.remove();
      parent?.append(element);
    });
    await expect(chat.answers.first()).toContainText("Everything");

    expect(await host.faults()).toEqual([]);
    expect((await host.written()).filter((what) => !what.startsWith("storage"))).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
    const ours = new Set(
      [deployment.shop.url, deployment.agent.url].map((url) => new URL(url).host),
    );
    expect(host.asked.filter((url) => !ours.has(new URL(url).host))).toEqual([]);
    expect(await styled(page)).toBe(0);
  });

  test(`${script}: two widgets work under one strict policy`, async ({ page, deployment }) => {
    const host = await strictHost(page, deployment, { script, more: 1 });
    await host.visit();
    const widgets = page.locator("smooth-agent");
    await expect(widgets).toHaveCount(2);
    await page.evaluate(async () => void (await customElements.whenDefined("smooth-agent")));
    for (const [index, element] of (await widgets.all()).entries()) {
      await element.evaluate((each: HostElement) => {
        each.open();
        each.send("Hello everything");
      });
      const answer = element.locator("[part=agent-message]").last();
      await expect(answer.locator("table tbody tr"), `widget ${index}`).toHaveCount(12);
      await expect(answer).toHaveAttribute("aria-busy", "false");
      await element.evaluate((each: HostElement) => each.close());
    }
    expect(await host.faults()).toEqual([]);
  });

  test(`${script}: everything works where the browser blocks all storage`, async ({
    page,
    deployment,
  }) => {
    const host = await strictHost(page, deployment, {
      script,
      blocksStorage: true,
    });
    await host.visit();
    const chat = chatOf(page);
    await chat.open();
    await chat.say("Tell me everything");
    await expect(chat.answers).toHaveCount(1);
    await chat.ended();
    await chat.say("Please refund $20 on order 1234");
    await chat.press(chat.approve);
    await chat.ended();
    await expect(chat.cards).toContainText(/you approved/i);
    await page.keyboard.press("Escape");
    await page.locator("smooth-agent").getByRole("button", { name: /open/i }).click();
    await expect(chat.answers.first()).toContainText("Everything");
    expect(await host.faults()).toEqual([]);
    expect(await host.written()).toEqual([]);
  });
}

/** Elements of the widgets that carry a style attribute. */
function styled(page: Page): Promise<number> {
  return page.evaluate(() =>
    [...document.querySelectorAll("smooth-agent")].reduce(
      (sum, { shadowRoot }) => sum + (shadowRoot?.querySelectorAll("[style]").length ?? 0),
      0,
    ),
  );
}
