import fc from "fast-check";

const word = fc.constantFrom(
  "order",
  "snake_case_name",
  "1042",
  "é",
  "漢字",
  "a_b",
  "x * y",
  "don't",
  "€ 5",
);

const inline = fc.letrec<Record<"text" | "plain" | "piece" | "line", string>>((tie) => ({
  text: fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(" ")),
  plain: fc.constantFrom("order", "the item", "1042", "refund"),
  piece: fc.oneof(
    { depthSize: "small" },
    tie("text"),
    tie("plain").map((text) => `**${text}**`),
    tie("plain").map((text) => `*${text}*`),
    tie("plain").map((text) => `***${text}***`),
    tie("plain").map((text) => `_${text}_`),
    tie("plain").map((text) => `~~${text}~~`),
    tie("plain").map((text) => `**a _${text}_ b**`),
    tie("plain").map((text) => `\`${text}\``),
    tie("plain").map((text) => `\`\` a \` ${text} \`\``),
    tie("plain").map((text) => `[${text}](https://shop.example/a_(b)?x=1 "title")`),
    tie("plain").map((text) => `[**${text}** x](<https://shop.example/a b>)`),
    tie("plain").map((text) => `![${text}](https://shop.example/p.png)`),
    fc.constantFrom(
      "https://shop.example/a_b?c=d.",
      "(see https://shop.example/x)",
      "<https://shop.example>",
      "someone@shop.example",
      "5 * 3 * 2",
      "a \\* b \\_ c",
      "[not a link]",
      "1 < 2 > 0",
      "&amp; &lt; &#169;",
      "2 ** 3 ** 4",
    ),
  ),
  line: fc.array(tie("piece"), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(" ")),
})).line;

const paragraph = fc.array(inline, { minLength: 1, maxLength: 3 }).map((lines) => lines.join("\n"));

const leaf = fc.oneof(
  paragraph,
  fc
    .tuple(fc.integer({ min: 1, max: 6 }), inline)
    .map(([level, text]) => `${"#".repeat(level)} ${text}`),
  inline.map((text) => `${text}\n===`),
  fc.constantFrom("---", "* * *", "___"),
  fc
    .tuple(fc.constantFrom("```", "~~~", "````"), inline)
    .map(([fence, text]) => `${fence}js\n${text}\n\n  - x\n${fence}`),
  fc.array(fc.tuple(inline, inline), { minLength: 1, maxLength: 3 }).map((rows) => {
    const cell = (text: string) => text.replaceAll("|", "");
    return ["| a | b |", "|:--|--:|", ...rows.map(([a, b]) => `| ${cell(a)} | ${cell(b)} |`)].join(
      "\n",
    );
  }),
);

const list = (content: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.constantFrom("-", "*", "1.", "7)", "- [x]", "- [ ]"),
      fc.boolean(),
      fc.array(content, { minLength: 1, maxLength: 3 }),
    )
    .map(([marker, loose, items]) => {
      const [bullet = "-"] = marker.split(" ");
      const indent = " ".repeat(bullet.length + 1);
      const item = (text: string) => `${marker} ${text.replaceAll("\n", `\n${indent}`)}`;
      return items.map(item).join(loose ? "\n\n" : "\n");
    });

const quote = (content: fc.Arbitrary<string>) => content.map((text) => text.replace(/^/gm, "> "));

const block = fc.oneof(
  { weight: 4, arbitrary: leaf },
  { weight: 2, arbitrary: list(inline) },
  { weight: 1, arbitrary: list(fc.tuple(inline, list(inline)).map((parts) => parts.join("\n"))) },
  { weight: 1, arbitrary: quote(paragraph) },
  { weight: 1, arbitrary: quote(list(inline)) },
);

/** Markdown as models write it. */
export const markdownText = fc
  .array(block, { minLength: 1, maxLength: 5 })
  .map((blocks) => blocks.join("\n\n"));

/** Anything made of the characters that mean something. */
export const markdownNoise = fc
  .array(
    fc.constantFrom(
      ...Array.from("*_`~[]()!<>#-+.|:\\&@\"' \n\t0aé😀"),
      "http://a.b",
      "javascript:",
      "[x](",
      "](javascript:alert(1))",
      "\n\n",
      "```",
      "    ",
      "> ",
      "- ",
      "1. ",
      "|-|-|\n",
      "<script>",
      "<img src=x onerror=alert(1)>",
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));
