import fc from "fast-check";
import { marked } from "marked";
import { expect, test } from "vitest";
import { markdownText } from "./arbitrary-markdown.fixture.js";
import { htmlOf } from "./html.fixture.js";

test("reads what models write as marked does", () => {
  fc.assert(
    fc.property(markdownText, (text) => {
      expect(normal(htmlOf(text))).toBe(normal(marked.parse(text, { async: false })));
    }),
    { numRuns: 500 },
  );
});

/** Takes away in what the two differ on purpose, or only in how they write it. */
function normal(html: string): string {
  return html
    .replace(/<input ([^>]*)>/g, (_, attributes: string) =>
      attributes.includes("checked") ? "[x]" : "[ ]",
    )
    .replace(/ (?:align|class|title|alt)="[^"]*"/g, "")
    .replace(/<\/?(?:thead|tbody)>/g, "")
    .replaceAll("&#39;", "'")
    .replaceAll("©", "&#169;")
    .replaceAll("%20", " ")
    .replace(/\s+/g, " ")
    .replace(/(<p>)?(\[[x ]\]) /g, "$2$1")
    .replace(
      / ?(<\/?(?:p|h\d|ul|ol|li|table|tr|t[hd]|blockquote|pre|hr|code|br)\b[^>]*>) ?/g,
      "$1",
    );
}
