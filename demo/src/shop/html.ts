/** Markup that is safe to send as it is. */
export interface Html {
  readonly markup: string;
}

type Value = Html | readonly Html[] | string | number;

/** A template whose strings are escaped and whose nested templates are not. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return { markup: String.raw({ raw: strings }, ...values.map(render)) };
}

/** Nothing, where a template expects markup. */
export const nothing: Html = { markup: "" };

function render(value: Value): string {
  if (typeof value === "string" || typeof value === "number") return escape(String(value));
  return "markup" in value ? value.markup : value.map((part) => part.markup).join("");
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
