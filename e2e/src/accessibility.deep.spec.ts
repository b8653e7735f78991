import { expect, test } from "@playwright/test";
import { startGallery } from "@smooth-agent/demo";
import { families } from "@smooth-agent/demo/gallery";
import { audit, broken } from "./audit.js";
import { openState } from "./gallery-frame.js";

let gallery: Awaited<ReturnType<typeof startGallery>>;

test.use({ viewport: { width: 900, height: 760 }, contextOptions: { reducedMotion: "reduce" } });
// Every state is loaded anew and looked through rule by rule.
test.describe.configure({ timeout: 180_000 });
test.beforeAll(async () => void (gallery = await startGallery()));
test.afterAll(() => gallery.close());

for (const family of families) {
  test(`${family.name}: every state keeps to WCAG 2.2 AA, light and dark, and no target is small`, async ({
    page,
  }) => {
    const wrong: Record<string, string[]> = {};
    for (const { name } of family.states) {
      await openState(page, gallery.url, `${family.name}/${name}`, { theme: "light" });
      const found = await audit(page);
      await page.evaluate(() => {
        document.documentElement.dataset["theme"] = "dark";
        document.querySelector("smooth-agent")?.setAttribute("theme", "dark");
      });
      found.push(...(await broken(page, ["color-contrast"])).map((each) => `dark: ${each}`));
      if (found.length > 0) wrong[name] = found;
    }
    expect(wrong).toEqual({});
  });

  test(`${family.name}: the same from right to left, in a sheet over a narrow page`, async ({
    page,
  }) => {
    await page.setViewportSize({ width: 360, height: 640 });
    const wrong: Record<string, string[]> = {};
    for (const { name } of family.states) {
      await openState(page, gallery.url, `${family.name}/${name}`, { dir: "rtl", theme: "dark" });
      const found = await audit(page);
      if (found.length > 0) wrong[name] = found;
    }
    expect(wrong).toEqual({});
  });
}
