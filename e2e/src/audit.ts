import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults, RunOptions } from "axe-core";

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

/** What is wrong with the state that a page shows: each rule that it breaks, each target that is too small. */
export async function audit(page: Page): Promise<string[]> {
  return [...(await broken(page)), ...(await smallTargets(page))];
}

/** What breaks a rule, in words; `only` names the rules when not all of them are asked for. */
export async function broken(page: Page, only?: string[]): Promise<string[]> {
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
