import type { MarkdownHost } from "../markdown/markdown.js";
import { copyText } from "./copy-text.js";
import { type Strings, withStrings } from "./strings.js";

/** The words of an element, and what the Markdown in it needs of it. */
export class Wording {
  strings: Strings;
  markdown: MarkdownHost;
  /** Counts the changes that only Markdown knows of. */
  revision = 0;

  constructor(readonly requestUpdate: () => void) {
    this.strings = withStrings(undefined);
    this.markdown = this.#host();
  }

  /** Takes a host's own words in place of the default ones. */
  take(own: Partial<Strings> | undefined): void {
    this.strings = withStrings(own);
    this.markdown = this.#host();
  }

  #host(): MarkdownHost {
    return {
      strings: this.strings,
      copy: (text, pressed) => void copyText(text, pressed),
      requestUpdate: () => {
        this.revision += 1;
        this.requestUpdate();
      },
    };
  }
}
