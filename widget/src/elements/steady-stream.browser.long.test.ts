import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserFixture, play, startBrowser } from "./browser.fixture.js";

let browser: BrowserFixture;
beforeAll(async () => (browser = await startBrowser()), 60_000);
afterAll(() => browser.close());

const BODY = `<script src="/smooth-agent.js"></script><smooth-agent agent-id="a1" endpoint="/"></smooth-agent>`;

const ANSWERS: [what: string, text: string][] = [
  [
    "headings and paragraphs",
    "# A heading\n\nA paragraph with **bold words**, _slanted ones_, `code_in_words`, ~~struck~~ and snake_case_names.\n\n## Another\n\nSetext is\n---\n\nEnd of *it* all.",
  ],
  [
    "lists",
    "Before:\n\n- one\n- two with **bold**\n  - nested\n  - again\n    1. deep\n    2. deeper\n- [x] done\n- [ ] not done\n\n1. first\n2. second\n\n   with a paragraph\n10. tenth",
  ],
  [
    "a table",
    "Look:\n\n| Step | Time | Who |\n| :--- | ---: | :---: |\n| You tell us | a minute | **you** |\n| It comes back | 2 to 6 days | `Northpost` |\n| Money | 3 days | your bank |\n\nThat is all.",
  ],
  [
    "code",
    "Run:\n\n```js\nexport const answer = 42;\n// a comment with `ticks`\nif (answer) {\n  console.log(answer);\n}\n```\n\nand ~~~ too:\n\n~~~\nplain\n~~~\n\nDone.",
  ],
  [
    "quotes",
    "> Quoted, and\n> on\n>\n> - with\n> - a list\n>\n> > deeper\n\nAfter it.\n\n---\n\nEnd.",
  ],
  [
    "links",
    "[r]: https://example.com/r\n\nSee [the page](https://example.com/a_(b)) and https://example.com/auto, or mail help@example.com. ![A picture](https://example.com/p.png) and [a reference][r].\n\n[Late]: https://example.com/late\n\nEnd.",
  ],
];

/** What one render showed. */
interface Shown {
  source: string;
  letters: string;
  height: number;
  /** Blocks that are other elements than in the render before, though they are not among the last. */
  replaced: number;
  /** Blocks whose text changed, though they are not among the last. */
  rewritten: number;
}

test.each(ANSWERS)(
  "%s grow without a jump, however they are cut",
  async (_what, text) => {
    const page = await browser.open(BODY);
    for (const size of [1, 5]) {
      const shown = await stream(page, text, size);
      expect(shown.length).toBeGreaterThan(10);
      const jumps = shown.filter((render, index) => {
        const before = shown[index - 1];
        return before !== undefined && isJump(before, render);
      });
      expect(jumps).toEqual([]);
    }
    expect(page.faults).toEqual([]);
    await page.close();
  },
  60_000,
);

/** Whether something was taken back, became smaller, or is another element than before. */
function isJump(before: Shown, after: Shown): boolean {
  const grew = after.letters.startsWith(before.letters) && after.height >= before.height;
  return !grew || after.replaced > 0 || after.rewritten > 0;
}

/** Streams an answer, a piece a render, and notes what each render shows. */
async function stream(page: Page, text: string, size: number): Promise<Shown[]> {
  await play(page);
  await page.evaluate(() => globalThis.element.open());
  return page.evaluate(
    async ({ text, size }) => {
      const shown: Shown[] = [];
      let blocks: { element: Element; text: string }[] = [];
      for (let end = size; end < text.length + size; end += size) {
        const parts = [{ type: "text" as const, text: text.slice(0, end) }];
        const status = end < text.length ? ("running" as const) : ("completed" as const);
        globalThis.played.become({
          transcript: [{ kind: "agent", id: `a${size}`, at: 1, status, parts }],
        });
        await globalThis.element.updateComplete;
        const prose = globalThis.element.shadowRoot?.querySelector(".entry .prose");
        if (!prose) continue;
        const now = [...prose.children].map((element) => ({
          element,
          // The name of a block's language is no part of the text.
          text: (element.querySelector("pre") ?? element).textContent.replaceAll(
            /[^\p{L}\p{N}]/gu,
            "",
          ),
        }));
        // The last block grows, and the one before it may until its successor's first line is whole.
        const settled = blocks.slice(0, -2);
        shown.push({
          source: text.slice(Math.max(0, end - 40), end),
          letters: now.map((block) => block.text).join(""),
          height: prose.getBoundingClientRect().height,
          replaced: settled.filter(({ element }, index) => now[index]?.element !== element).length,
          rewritten: settled.filter((block, index) => now[index]?.text !== block.text).length,
        });
        blocks = now;
      }
      return shown;
    },
    { text, size },
  );
}
