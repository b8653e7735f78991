import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What a strict host page forbids, or takes for a break of trust. */
const FORBIDDEN: [what: string, written: RegExp][] = [
  [
    "HTML from a string",
    /\b(?:innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|document\.write|unsafeHTML|unsafeSVG|srcdoc)\b/,
  ],
  ["code from a string", /\beval\(|\bnew Function\b/],
  ["a style attribute", /\sstyle=|(?<!\brule)\.style\b|\bstyleMap\b|setAttribute\(\s*"style"/],
  ["a cookie", /\bcookie\b/i],
  ["an address of somebody else's", /["'`(](?:https?:)?\/\/(?!www\.w3\.org)[a-z0-9-]+\.[a-z]/i],
];

const root = new URL(".", import.meta.url);
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
  (file) => /\.(?:ts|css)$/.test(file) && !/\.(?:test|fixture)\.ts$/.test(file),
);

test.each(FORBIDDEN)("no source holds %s", (_what, written) => {
  expect(files.length).toBeGreaterThan(100);
  const found = files.filter((file) => written.test(readFileSync(new URL(file, root), "utf8")));
  expect(found).toEqual([]);
});
