import type { Page } from "playwright-core";

/** Pixels that a rounded position may be off. */
const SLACK = 1;

/**
 * What does not fit: scrolls the page sideways, sticks out of the panel, is cut off where nothing scrolls
 * it into view, lies over another control, or is smaller than a pointer or a finger needs.
 */
export function misfits(page: Page): Promise<string[]> {
  return page.evaluate((slack) => {
    const root = document.querySelector("smooth-agent")?.shadowRoot;
    const panel = root?.querySelector("#panel");
    if (!root || !panel) throw new Error("no panel");
    const isTouched = matchMedia("(pointer: coarse)").matches;
    const found: string[] = [];
    const nameOf = (node: Element) => `${node.localName}.${node.getAttribute("class") ?? ""}`;
    const shown = [...panel.querySelectorAll("*")].filter(
      (node) => node.checkVisibility() && !node.closest(".hidden"),
    );
    const inScrolled = (node: Element) =>
      node.closest("pre, .table, .field, .arguments pre") !== null;

    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width + slack)
      found.push("the page scrolls sideways");
    const frame = panel.getBoundingClientRect();
    if (frame.left < -slack || frame.right > width + slack)
      found.push("the panel leaves the window");
    if (frame.top < -slack || frame.bottom > innerHeight + slack)
      found.push("the panel is too tall");

    for (const node of shown) {
      const { left, right } = node.getBoundingClientRect();
      if (!inScrolled(node) && (left < frame.left - slack || right > frame.right + slack)) {
        found.push(`${nameOf(node)} sticks out`);
      }
      const { overflowX, textOverflow } = getComputedStyle(node);
      const cuts = overflowX === "hidden" || overflowX === "clip";
      if (cuts && textOverflow !== "ellipsis" && node.scrollWidth > node.clientWidth + slack) {
        found.push(`${nameOf(node)} is cut off`);
      }
    }

    const composer = panel.querySelector(".composer")?.getBoundingClientRect();
    const scroller = panel.querySelector(".scroller:not([hidden])")?.getBoundingClientRect();
    if (!composer || composer.bottom > frame.bottom + slack)
      found.push("the composer is out of view");
    if (!scroller || scroller.height < 100)
      found.push(`the transcript has ${scroller?.height} pixels`);

    const controls = shown.filter((node) =>
      node.matches("button, summary, select, textarea, input, a[href]"),
    );
    for (const node of controls) {
      // Links in a sentence are as high as their line, and a label's whole line presses its box.
      if (node.matches(".prose a, label input")) continue;
      const box = node.getBoundingClientRect();
      const isMain = node.matches(".icon-button:not(.otp *), .send, .verdict-button");
      const least = isMain && isTouched ? 44 : 24;
      if (box.width < least - 0.5 || box.height < least - 0.5) {
        found.push(`${nameOf(node)} is ${Math.round(box.width)} by ${Math.round(box.height)}`);
      }
      for (const other of controls) {
        if (other === node || node.contains(other) || other.contains(node)) continue;
        if (node.matches(".to-end") || other.matches(".to-end")) continue;
        // What is scrolled out of view lies under nothing.
        if (!!node.closest(".scroller") !== !!other.closest(".scroller")) continue;
        const over = other.getBoundingClientRect();
        const across = Math.min(box.right, over.right) - Math.max(box.left, over.left);
        const along = Math.min(box.bottom, over.bottom) - Math.max(box.top, over.top);
        if (across > slack && along > slack)
          found.push(`${nameOf(node)} lies over ${nameOf(other)}`);
      }
    }
    return [...new Set(found)];
  }, SLACK);
}
