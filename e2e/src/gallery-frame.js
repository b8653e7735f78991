/**
 * Shows one state of the gallery on `page`, with all that only a person's own press brings about.
 *
 * @param {import("@playwright/test").Page} page
 * @param {string} url where the gallery is served
 * @param {string} path as in `approvals/asked`
 * @param {Readonly<Record<string, string>>} [settings] as the gallery's controls: theme, dir, lang …
 */
export async function openState(page, url, path, settings = {}) {
  await page.goto(`${url}/gallery/frame?${new URLSearchParams({ state: path, ...settings })}`);
  const shown = page.locator(`html[data-shown="${path}"]`);
  await shown.waitFor({ state: "attached" });
  const taps = /** @type {string[]} */ (
    JSON.parse((await shown.getAttribute("data-taps")) ?? "[]")
  );
  for (const selector of taps) {
    const target = page.locator(`smooth-agent ${selector}`).first();
    await target.scrollIntoViewIfNeeded();
    // A question takes no press before it has been in view for a while.
    await page.locator(`smooth-agent ${selector}:not([aria-disabled=true])`).first().waitFor();
    await target.click();
    await settled(page);
  }
}

/** @param {import("@playwright/test").Page} page */
function settled(page) {
  return page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
}
