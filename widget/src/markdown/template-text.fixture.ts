import { nothing } from "lit";
import type { Rendered } from "./render-inline.js";

/** What a rendered template would put on the page. */
export interface Shown {
  text: string;
  hrefs: string[];
  /** The static markup, without what is bound into it. */
  markup: string;
}

/** Reads a rendered template without a DOM. */
export function shownBy(rendered: Rendered): Shown {
  const shown: Shown = { text: "", hrefs: [], markup: "" };
  collect(rendered, shown);
  return shown;
}

function collect(rendered: unknown, shown: Shown): void {
  if (rendered === nothing || typeof rendered === "function" || rendered === undefined) return;
  if (Array.isArray(rendered)) {
    for (const each of rendered) collect(each, shown);
  } else if (isTemplate(rendered)) {
    rendered.strings.forEach((markup, index) => {
      shown.markup += markup;
      const value = rendered.values[index];
      if (/\shref=$/.test(markup)) shown.hrefs.push(String(value));
      else if (!/[\s@?.][\w-]+=$/.test(markup)) collect(value, shown);
    });
  } else shown.text += String(rendered);
}

function isTemplate(value: unknown): value is { strings: readonly string[]; values: unknown[] } {
  return typeof value === "object" && value !== null && "strings" in value && "values" in value;
}
