import type { Page } from "playwright-core";

/** A pair of colours that somebody has to tell apart, with its ratio after WCAG 2.2. */
interface Contrast {
  what: string;
  ratio: number;
  least: number;
}

/**
 * Every text, placeholder and drawing in the element's shadow tree on what is painted behind it, and the
 * edge of what is filled with the accent on the panel, as the browser computes and rounds them.
 */
export function contrasts(page: Page): Promise<Contrast[]> {
  return page.evaluate(() => {
    const root = document.querySelector("smooth-agent")?.shadowRoot;
    if (!root) throw new Error("no element");
    const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("no canvas");
    type Color = [number, number, number];

    /** These colours painted over each other, the last one on top. */
    function painted(colors: string[]): Color {
      context?.clearRect(0, 0, 1, 1);
      for (const color of colors) {
        if (!context) continue;
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
      }
      const [r = 0, g = 0, b = 0] = context?.getImageData(0, 0, 1, 1).data ?? [];
      return [r, g, b];
    }
    function luminance(color: Color): number {
      const [r = 0, g = 0, b = 0] = color.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }
    function ratio(one: Color, other: Color): number {
      const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    }
    function backgrounds(node: Element | null): string[] {
      const all: string[] = [];
      for (let at = node; at; at = at.parentElement) {
        all.unshift(getComputedStyle(at).backgroundColor);
      }
      return all;
    }

    const found: Contrast[] = [];
    for (const node of root.querySelectorAll<HTMLElement | SVGElement>("*")) {
      if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      if (node.closest(".hidden, [aria-disabled=true], :disabled")) continue;
      const behind = backgrounds(node);
      const name = `${node.parentElement?.className ?? ""} > ${node.getAttribute("class") ?? node.localName}`;
      const { color } = getComputedStyle(node);
      const hasText = [...node.childNodes].some(
        (child) => child.nodeType === Node.TEXT_NODE && child.textContent?.trim(),
      );
      const drawing = node.localName === "svg";
      if (hasText || drawing) {
        const pair = ratio(painted([...behind, color]), painted(behind));
        found.push({ what: name, ratio: pair, least: 4.5 });
      }
      if (node.matches(".launcher, .send:not(.stop)")) {
        const edge = getComputedStyle(node).boxShadow.match(/^[a-z]+\(.*?\)/)?.[0] ?? "transparent";
        const panel = backgrounds(root.querySelector(".panel"));
        const pair = ratio(painted([...panel, edge]), painted(panel));
        found.push({ what: `edge of ${name}`, ratio: pair, least: 3 });
      }
    }
    return found;
  });
}
