import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test, type Page } from "@playwright/test";
import { startGallery } from "@smooth-agent/demo";
import { families } from "@smooth-agent/demo/gallery";
import type { AxeResults, RunOptions } from "axe-core";
import { openState } from "./gallery-frame.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES: RunOptions = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  rules: {
    // What a page owes its visitors, and not what stands on it.
    region: { enabled: false },
    "landmark-one-main": { enabled: false },
    "page-has-heading-one": { enabled: false },
  },
  resultTypes: ["violations"],
};

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
      const found = [...(await broken(page)), ...(await smallTargets(page))];
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
      const found = [...(await broken(page)), ...(await smallTargets(page))];
      if (found.length > 0) wrong[name] = found;
    }
    expect(wrong).toEqual({});
  });
}

for (const mode of ["inline", "fullpage"]) {
  test(`${mode}: the same in that mode`, async ({ page }) => {
    const wrong: Record<string, string[]> = {};
    for (const path of ["panel/greeting", "approvals/asked", "markdown/everything"]) {
      await openState(page, gallery.url, path, { mode });
      const found = [...(await broken(page)), ...(await smallTargets(page))];
      if (found.length > 0) wrong[path] = found;
    }
    expect(wrong).toEqual({});
  });
}

/** What breaks a rule, in words; `only` names the rules when not all of them are asked for. */
async function broken(page: Page, only?: string[]): Promise<string[]> {
  await page.evaluate(AXE);
  const options: RunOptions = only ? { runOnly: only, resultTypes: ["violations"] } : RULES;
  const { violations } = await page.evaluate(
    (given) =>
      (Reflect.get(globalThis, "axe") as { run(...all: unknown[]): Promise<AxeResults> }).run(
        document,
        given,
      ),
    options,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join("; ");
      return `${id}: ${target.flat().at(-1)} ${why}`;
    }),
  );
}

/** What can be pressed and is less than 24 pixels wide or high; a link in a sentence may be. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.querySelector("smooth-agent")?.shadowRoot;
    const targets = root?.querySelectorAll<HTMLElement>(
      "button, input, select, textarea, summary, a[href]",
    );
    return Array.from(targets ?? []).flatMap((target) => {
      const label = target.closest("label");
      const isInSentence = target.matches(".prose a");
      if (isInSentence || !target.checkVisibility({ visibilityProperty: true })) return [];
      const boxes = [target, ...(label ? [label] : [])].map((node) => node.getBoundingClientRect());
      const isLarge = boxes.some(({ width, height }) => width >= 24 && height >= 24);
      const name = target.getAttribute("aria-label") ?? target.textContent?.trim().slice(0, 30);
      const { width, height } = target.getBoundingClientRect();
      return isLarge ? [] : [`small: ${target.localName} ${name} ${width}×${height}`];
    });
  });
}
