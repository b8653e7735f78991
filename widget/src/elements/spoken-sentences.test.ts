import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { markdownNoise, markdownText } from "../markdown/arbitrary-markdown.fixture.js";
import { spokenSentences } from "./spoken-sentences.js";

const whole = (text: string, locale = "en") => spokenSentences(text, true, locale, "Code.");

describe("read out", () => {
  test.each([
    ["**Yes.** It is _on_ its way. Is that *all*?", ["Yes.", "It is on its way.", "Is that all?"]],
    [
      "It costs 4.50 at shop.example. Mr. Smith pays.",
      ["It costs 4.50 at shop.example.", "Mr.", "Smith pays."],
    ],
    ['See [the *terms*. All](https://a.b/c?d=e. "t") now', ["See the terms.", "All now"]],
    ["Look at https://shop.example/a?b=c.d! Then go.", ["Look at shop.example!", "Then go."]],
    ["[![logo](https://a.b/c.png)](https://a.b)", ["logo"]],
    ["# Title\n\n1. One\n2) Two\n- [x] Three\n> > Four", ["Title", "One", "Two", "Three", "Four"]],
    ["| Item | Price |\n|:-----|------:|\n| **Cup** | 5 |", ["Item, Price", "Cup, 5"]],
    ["Run:\n\n```js\nconst a = 1. Then.\n```\n\nDone.", ["Run:", "Code.", "Done."]],
    [
      "Call `a. B`. Then 2 * 3 = 6, snake_case \\*stays\\*.",
      ["Call a.", "B.", "Then 2 * 3 = 6, snake_case *stays*."],
    ],
    ["---\n\n***\n\n===", []],
  ])("%j", (text, sentences) => {
    expect(whole(text)).toEqual(sentences);
  });

  test("by the rules of the language", () => {
    expect(whole("発送しました。明日届きます。", "ja")).toEqual([
      "発送しました。",
      "明日届きます。",
    ]);
    expect(whole("أين طلبي؟ سيصل غدًا.", "ar")).toEqual(["أين طلبي؟", "سيصل غدًا."]);
  });
});

describe("while a text grows", () => {
  test("a sentence is said as soon as the next one began, and not by the token", () => {
    const text = "Your order is on its way. It arrives tomorrow";
    const said = Array.from(text, (_, cut) =>
      spokenSentences(text.slice(0, cut), false, "en", "Code."),
    );
    expect(said.filter((all) => all.length > 0)[0]).toEqual(["Your order is on its way."]);
    expect(said.findIndex((all) => all.length > 0)).toBeLessThan(30);
    expect(said.at(-1)).toHaveLength(1);
  });

  test.each([
    ["what models write", markdownText],
    ["anything", markdownNoise],
    [
      "prose",
      fc
        .array(
          fc.constantFrom(
            "One. ",
            "two ",
            "No. 5 ",
            "[a. B",
            "](https://a.b/?c. D) ",
            "](a. (B. C)",
            "![p. Q",
            "`e. F",
            "` ",
            "!",
            "\n",
            "Ü? ",
            "。",
            "漢",
          ),
        )
        .map((parts) => parts.join("")),
    ],
  ])("the same sentences come in the same order, however it is cut: %s", (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const all = whole(text);
        let before: string[] = [];
        for (let cut = 0; cut <= text.length; cut += 1 + Math.floor(text.length / 90)) {
          const now = spokenSentences(text.slice(0, cut), false, "en", "Code.");
          expect(now.slice(0, before.length)).toEqual(before);
          before = now;
        }
        expect(all.slice(0, before.length)).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });

  test("hostile texts take no longer", () => {
    const hostile = [
      "[",
      "`a``",
      "`",
      "[a](",
      "*",
      "http://a/",
      "![[",
      "\\",
      "_",
      "~`",
      "> ",
      "1.",
    ];
    const started = performance.now();
    for (const piece of hostile) whole(piece.repeat(2400 / piece.length));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
