import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { markdownNoise, markdownText } from "./arbitrary-markdown.fixture.js";
import { type MarkdownDocument, readMarkdown } from "./markdown-document.js";
import { renderBlock } from "./render-block.js";
import { renderInline } from "./render-inline.js";
import { type Shown, shownBy } from "./template-text.fixture.js";

const strings = {
  copy: "Copy",
  copied: "Copied",
  showMore: (count: number) => `${count} more`,
  done: "Done",
  notDone: "Not done",
};

function show(document: MarkdownDocument): Shown {
  const context = { links: document.links, strings, copy: () => {}, unfold: () => {} };
  return shownBy(
    [...document.closed, ...document.tail].map((block) => renderBlock(block, context)),
  );
}

function grow(text: string, cuts: readonly number[]): MarkdownDocument | undefined {
  let document: MarkdownDocument | undefined;
  for (const cut of cuts) document = readMarkdown(text.slice(0, cut), true, document);
  return document;
}

describe("a document that grows", () => {
  const cutText = markdownText.chain((text) =>
    fc.record({
      text: fc.constant(text),
      cuts: fc
        .array(fc.nat({ max: text.length }), { maxLength: 30 })
        .map((cuts) => cuts.sort((a, b) => a - b)),
    }),
  );

  test("ends as the document that is read at one go, however it was cut", () => {
    fc.assert(
      fc.property(cutText, ({ text, cuts }) => {
        const grown = readMarkdown(text, false, grow(text, cuts));
        expect(show(grown)).toEqual(show(readMarkdown(text, false)));
      }),
      { numRuns: 200 },
    );
  });

  test("keeps the objects of closed blocks, and reads at most the last two blocks anew", () => {
    fc.assert(
      fc.property(cutText, ({ text, cuts }) => {
        let before: MarkdownDocument | undefined;
        for (const cut of cuts) {
          const after = readMarkdown(text.slice(0, cut), true, before);
          before?.closed.forEach((block, index) => expect(after.closed[index]).toBe(block));
          before = after;
        }
      }),
    );
  });

  test("shows every prefix of anything without an error, with safe links only and no foreign markup", () => {
    fc.assert(
      fc.property(fc.oneof(markdownText, markdownNoise), (text) => {
        let document: MarkdownDocument | undefined;
        for (let cut = 0; cut <= text.length; cut++) {
          document = readMarkdown(text.slice(0, cut), true, document);
          const { hrefs, markup } = show(document);
          for (const href of hrefs) expect(href).toMatch(/^(?:https?|mailto|tel):/);
          expect(markup).not.toMatch(/<(?:script|img|iframe|object|style)|onerror/);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("replaces what it showed when the text is another one", () => {
    const before = readMarkdown("One.\n\nTwo.\n\nThree.\n\n", true);
    expect(show(readMarkdown("Instead.", false, before)).text).toBe("Instead.");
  });

  test("reads CRLF that arrives in two parts as one line end", () => {
    const document = readMarkdown("- a\r\n- b", true, readMarkdown("- a\r", true));
    expect(document.tail.map(({ block }) => block)).toMatchObject([{ items: [{}, {}] }]);
  });

  test("keeps what the reader unfolded when the block goes on and when it closes", () => {
    const row = "| 1 |\n";
    const first = readMarkdown(`| a |\n|---|\n${row.repeat(300)}`, true);
    const [table] = first.tail;
    table!.shown = 999;
    const longer = readMarkdown(`| a |\n|---|\n${row.repeat(301)}`, true, first);
    expect(longer.tail[0]?.shown).toBe(999);
    const closed = readMarkdown(`| a |\n|---|\n${row.repeat(301)}\nEnd\n`, true, longer);
    expect(closed.closed[0]?.shown).toBe(999);
  });
});

describe("the block that is being written looks as it will look", () => {
  const shown = (text: string) => show(readMarkdown(text, true));

  test.each([
    ["an open emphasis is closed", "a **bold", "<strong>", "a bold"],
    ["marks at the end are held back", "a **", "", "a "],
    ["half a closing mark is held back", "a **bold*", "<strong>", "a bold"],
    ["open code is closed", "run `npm", "<code", "run npm"],
    ["a half link is its label", "see [the page](https://exa", "", "see the page"],
    ["a label alone is not marked", "see [the pa", "", "see the pa"],
    ["a table's first row is a table", "| Item | Pri", "<th", "ItemPri"],
    ["so with half of its second row", "| Item | Price |\n|--", "<th", "ItemPrice"],
    ["a bullet without text is held back", "Text\n-", "", "Text"],
    ["a dash below a text makes no heading yet", "Text\n--", "<p", "Text"],
    ["a number without text is held back", "Text\n\n1.", "<p", "Text"],
  ])("%s", (_, text, markup, visible) => {
    const { text: seen, markup: marked, hrefs } = shown(text);
    expect(seen).toBe(visible);
    expect(marked).toContain(markup);
    expect(hrefs).toEqual([]);
  });

  test("an address that touches the end is no link yet", () => {
    expect(shown("see https://shop.example/or").hrefs).toEqual([]);
    expect(shown("see https://shop.example/or now").hrefs).toEqual(["https://shop.example/or"]);
    expect(shown("mail a@shop.ex").hrefs).toEqual([]);
  });

  test.each([
    ["[https://shop.example/a](https://shop.example/a)", "https://shop.example/a"],
    ["[www.shop.example](https://shop.example)", "https://shop.example/"],
    ["see [https://shop.example/a b](https://shop.example/c).", "https://shop.example/c"],
  ])("a link whose label is an address leads where it says: %s", (text, href) => {
    const { text: seen, hrefs } = show(readMarkdown(text, false));
    expect(hrefs.map((each) => new URL(each).href)).toEqual([href]);
    expect(seen).not.toContain("](");
  });

  test("a bracket that never closes is one text, not thousands", () => {
    expect(renderInline("[".repeat(4_000), new Map())).toEqual(["[".repeat(4_000)]);
  });

  test("what is done is shown as written once no more can follow", () => {
    expect(show(readMarkdown("2 * 3 and **", false)).text).toBe("2 * 3 and **");
  });
});

describe("hostile sizes", () => {
  const within = (milliseconds: number, text: string) => {
    const start = performance.now();
    show(readMarkdown(text, false));
    expect(performance.now() - start).toBeLessThan(milliseconds);
  };

  test.each([
    ["1 MB without a line end", "word ".repeat(200_000)],
    ["1 MB without a space", "x".repeat(1_000_000)],
    ["a table of 10,000 rows", `| a | b |\n|---|---|\n${"| one | two |\n".repeat(10_000)}`],
    ["5,000 nested quotes", `${">".repeat(5_000)} a`],
    ["5,000 nested quotes with spaces", `${"> ".repeat(5_000)} a`],
    ["5,000 nested lists", `${"- ".repeat(5_000)} a`],
    [
      "lists nested by their indent",
      Array.from({ length: 700 }, (_, n) => `${" ".repeat(2 * n)}- x`).join("\n"),
    ],
    ["10,000 items", "- an item\n".repeat(10_000)],
    ["100,000 open brackets", "[".repeat(100_000)],
    ["100,000 half links", "[a](".repeat(25_000)],
    ["100,000 marks", "*a_".repeat(30_000)],
    ["runs of marks", "**a ".repeat(25_000)],
    ["backticks of all lengths", Array.from({ length: 400 }, (_, n) => "`".repeat(n)).join(" ")],
    ["one very long word with an at sign", `${"a.".repeat(4_000)}@`],
    ["addresses", "http://a.b/(".repeat(8_000)],
    ["a code block of 1 MB", `\`\`\`\n${"let a = 1;\n".repeat(90_000)}`],
  ])("%s", (_, text) => within(5_000, text));

  test("a long answer that streams costs the same per token at its end as at its beginning", () => {
    const text = "A paragraph of **some** length, with a [link](https://a.b).\n\n".repeat(800);
    let document: MarkdownDocument | undefined;
    const start = performance.now();
    for (let cut = 0; cut < text.length; cut += 20)
      document = readMarkdown(text.slice(0, cut), true, document);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(document?.tail.length).toBeLessThanOrEqual(2);
  });
});
