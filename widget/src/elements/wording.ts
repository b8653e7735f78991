import type { MarkdownHost } from "../markdown/markdown.js";
import { copyText } from "./copy-text.js";
import { type Strings, withStrings } from "./strings.js";

/** The words of an element, and what the Markdown in it needs of it. */
export class Wording {
  strings: Strings;
  markdown: MarkdownHost;
  /** Counts the changes that only Markdown knows of. */
  revision = 0;
  #own: Partial<Strings> | undefined;
  #language: Strings;

  constructor(
    readonly requestUpdate: () => void,
    readonly paint: MarkdownHost["paint"],
    readonly isLate: MarkdownHost["isLate"],
    strings: Strings,
  ) {
    this.strings = this.#language = strings;
    this.markdown = this.#host();
  }

  /** Takes a host's own words in place of those of a language. */
  take(own: Partial<Strings> | undefined, language: Strings): void {
    if (own === this.#own && language === this.#language) return;
    this.#own = own;
    this.#language = language;
    this.strings = withStrings(own, language);
    this.markdown = this.#host();
  }

  #host(): MarkdownHost {
    return {
      strings: this.strings,
      paint: this.paint,
      isLate: this.isLate,
      requestFrame: this.requestUpdate,
      copy: (text, pressed) => void copyText(text, pressed),
      requestUpdate: () => {
        this.revision += 1;
        this.requestUpdate();
      },
    };
  }
}
