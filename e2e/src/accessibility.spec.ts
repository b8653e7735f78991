import { expect, test } from "@playwright/test";
import { startGallery } from "@smooth-agent/demo";
import { audit } from "./audit.js";
import { openState } from "./gallery-frame.js";

const STATES = ["panel/greeting", "approvals/asked", "markdown/everything"];

let gallery: Awaited<ReturnType<typeof startGallery>>;

test.use({ viewport: { width: 900, height: 760 }, contextOptions: { reducedMotion: "reduce" } });
test.beforeAll(async () => void (gallery = await startGallery()));
test.afterAll(() => gallery.close());

for (const mode of ["popover", "inline", "fullpage"]) {
  test(`${mode}: what is seen most keeps to WCAG 2.2 AA, and no target is small`, async ({
    page,
  }) => {
    const wrong: Record<string, string[]> = {};
    for (const path of STATES) {
      await openState(page, gallery.url, path, { mode });
      const found = await audit(page);
      if (found.length > 0) wrong[path] = found;
    }
    expect(wrong).toEqual({});
  });
}
