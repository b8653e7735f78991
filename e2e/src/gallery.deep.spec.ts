import { expect, test, type Page } from "@playwright/test";
import { startGallery } from "@smooth-agent/demo";
import { families } from "@smooth-agent/demo/gallery";
import { openState } from "./gallery-frame.js";

let gallery: Awaited<ReturnType<typeof startGallery>>;

test.use({ viewport: { width: 320, height: 640 }, contextOptions: { reducedMotion: "reduce" } });
test.beforeAll(async () => void (gallery = await startGallery()));
test.afterAll(() => gallery.close());

for (const family of families) {
  test(`every state of ${family.name} shows without a fault, in 320 pixels`, async ({ page }) => {
    const faults: string[] = [];
    page.on("pageerror", ({ message }) => faults.push(message));
    page.on("console", (line) => line.type() === "error" && faults.push(line.text()));
    const wrong: Record<string, string[]> = {};
    for (const { name } of family.states) {
      await openState(page, gallery.url, `${family.name}/${name}`);
      const found = [...faults.splice(0), ...(await sticksOut(page))];
      if (found.length > 0) wrong[name] = found;
    }
    expect(wrong).toEqual({});
  });
}

test("the page with all of them follows its controls, and its address keeps them", async ({
  page,
}) => {
  await page.setViewportSize({ width: 1100, height: 820 });
  await page.goto(`${gallery.url}/gallery?theme=dark`);
  await expect(page.locator("iframe")).toHaveCount(families.flatMap(({ states }) => states).length);
  await page.getByLabel("Direction").selectOption("rtl");
  await page.getByLabel("Width").selectOption("420");
  await expect(page).toHaveURL(/theme=dark&dir=rtl&width=420/);
  const first = page.frameLocator("iframe[name='panel/greeting']");
  await expect(first.locator("html[dir=rtl][data-theme=dark]")).toBeAttached();
  await expect(first.getByText("Hello, I am Clay.")).toBeVisible();
  await expect(page.locator("iframe[name='panel/greeting']")).toHaveJSProperty("clientWidth", 420);
});

/** What of the chat is cut off at a side of its panel, or makes its page scroll sideways. */
function sticksOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.querySelector("smooth-agent")?.shadowRoot;
    const wide = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
    const scrolls = (element: Element | null): boolean =>
      element !== null &&
      (["auto", "scroll"].includes(getComputedStyle(element).overflowX) ||
        scrolls(element.parentElement));
    const out = [...(root?.querySelectorAll("#panel *, .launcher") ?? [])].filter((element) => {
      const { left, right, width, height } = element.getBoundingClientRect();
      // What is hidden from sight is a pixel wide.
      if (width <= 1 || height <= 1 || getComputedStyle(element).visibility === "hidden")
        return false;
      if (left >= -0.5 && right <= innerWidth + 0.5) return false;
      return !scrolls(element.parentElement?.closest("table, pre, .table, .code") ?? null);
    });
    const scroller = root?.querySelector("[part=transcript]");
    if (scroller && scroller.scrollWidth > scroller.clientWidth) wide.push("the transcript");
    return [...wide, ...out.map(({ localName, className }) => `${localName}.${className}`)];
  });
}
