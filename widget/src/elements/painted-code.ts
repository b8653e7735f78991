import highlighter from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import css from "highlight.js/lib/languages/css";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import php from "highlight.js/lib/languages/php";
import python from "highlight.js/lib/languages/python";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

const languages = {
  bash,
  css,
  go,
  java,
  javascript,
  json,
  php,
  python,
  sql,
  typescript,
  xml,
  yaml,
};
const reader = highlighter.newInstance();
for (const [name, language] of Object.entries(languages)) reader.registerLanguage(name, language);

/** A piece of code, or pieces that have something in common. */
type Piece = string | { scope?: string; children: Piece[] };

/** Colours the code that an element shows: the same text, in spans. */
export function paintCode(element: Element, text: string, language: string): void {
  if (!reader.getLanguage(language)) return;
  const result = reader.highlight(text, { language, ignoreIllegals: true });
  const { rootNode } = result._emitter as unknown as { rootNode: { children: Piece[] } };
  element.replaceChildren(...rootNode.children.map(drawn));
}

function drawn(piece: Piece): Node {
  if (typeof piece === "string") return document.createTextNode(piece);
  const span = document.createElement("span");
  const [scope] = (piece.scope ?? "").split(".");
  if (scope) span.dataset["token"] = scope;
  span.append(...piece.children.map(drawn));
  return span;
}
