import type { Block, LinkDefinitions, ListBlock } from "./block.js";
import type { Inline } from "./inline.js";
import { readBlocks } from "./read-blocks.js";
import { readInline } from "./read-inline.js";

/** The HTML that our reading stands for, to compare it with another reader's. */
export function htmlOf(text: string): string {
  const links: LinkDefinitions = new Map();
  const placed = readBlocks(text.split("\n"), links);
  return placed.map(({ block }) => blockHtml(block, links)).join("");
}

function blockHtml(block: Block, links: LinkDefinitions): string {
  const inline = (text: string) => readInline(text, links).map(inlineHtml).join("");
  switch (block.type) {
    case "paragraph":
      return `<p>${inline(block.text)}</p>`;
    case "heading":
      return `<h${block.level}>${inline(block.text)}</h${block.level}>`;
    case "rule":
      return "<hr>";
    case "definition":
      return "";
    case "code":
      return `<pre><code>${escape(block.text)}</code></pre>`;
    case "quote":
      return `<blockquote>${block.blocks.map((each) => blockHtml(each, links)).join("")}</blockquote>`;
    case "list":
      return listHtml(block, links, inline);
    case "table": {
      const row = (cells: string[], tag: string) =>
        `<tr>${cells.map((cell) => `<${tag}>${inline(cell)}</${tag}>`).join("")}</tr>`;
      return `<table>${row(block.header, "th")}${block.rows.map((cells) => row(cells, "td")).join("")}</table>`;
    }
  }
}

function listHtml(
  list: ListBlock,
  links: LinkDefinitions,
  inline: (text: string) => string,
): string {
  const tag = list.start === undefined ? "ul" : "ol";
  const start = list.start === undefined || list.start === 1 ? "" : ` start="${list.start}"`;
  const items = list.items.map((item) => {
    const content = item.blocks.map((block) =>
      !list.loose && block.type === "paragraph" ? inline(block.text) : blockHtml(block, links),
    );
    const box = item.done === undefined ? "" : item.done ? "[x]" : "[ ]";
    return `<li>${box}${content.join("")}</li>`;
  });
  return `<${tag}${start}>${items.join("")}</${tag}>`;
}

function inlineHtml(piece: Inline): string {
  if (typeof piece === "string") return escape(piece);
  switch (piece.type) {
    case "code":
      return `<code>${escape(piece.text)}</code>`;
    case "break":
      return "<br>";
    case "link":
      return `<a href="${escape(piece.target)}">${piece.children.map(inlineHtml).join("")}</a>`;
    case "image":
      return `<img src="${escape(piece.target)}">`;
    default:
      return `<${piece.type}>${piece.children.map(inlineHtml).join("")}</${piece.type}>`;
  }
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
