import type { answerStrings } from "./answer-strings.js";
import type { panelStrings } from "./panel-strings.js";

/** Every word the widget says by itself. Replace any of them through the element's `strings`. */
export type Strings = typeof panelStrings & typeof answerStrings;

/** The words of a language with a host's own in their place. */
export function withStrings(own: Partial<Strings> | undefined, base: Strings): Strings {
  return own ? { ...base, ...own, errors: { ...base.errors, ...own.errors } } : base;
}

/** The words for a server's error code; the server's own text never replaces them. */
export function errorText(words: Strings, code: string): string {
  const own = Object.hasOwn(words.errors, code) ? words.errors[code] : undefined;
  return own ?? words.errors["default"] ?? "";
}
