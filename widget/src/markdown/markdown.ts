import { html, type TemplateResult } from "lit";
import { Directive, directive, type DirectiveResult } from "lit/directive.js";
import { guard } from "lit/directives/guard.js";
import {
  type MarkdownBlock,
  type MarkdownDocument,
  readMarkdown,
  SHOWN_AT_FIRST,
} from "./markdown-document.js";
import { type BlockContext, renderBlock } from "./render-block.js";
import { Reveal } from "./reveal.js";

/** What the markdown of one place needs from the element it stands in. */
export interface MarkdownHost {
  strings: BlockContext["strings"];
  copy: BlockContext["copy"];
  paint?: BlockContext["paint"];
  /** Whether the page has no time for frames in which nothing new came. */
  isLate: () => boolean;
  /** Renders once more what still grows. */
  requestFrame: () => void;
  /** Renders again, after the reader unfolded a block. */
  requestUpdate(): void;
}

/**
 * Remembers the document of its place, so that blocks which are closed are read and rendered once, and
 * how much of it the reader sees.
 */
export class MarkdownDirective extends Directive {
  #document: MarkdownDocument | undefined;
  readonly #reveal = new Reveal();

  /**
   * @param text the whole text so far
   * @param open whether more may follow
   * @param host the element that shows it
   */
  render(text: string, open: boolean, host: MarkdownHost): TemplateResult[] {
    const isStill = !open || host.isLate() || isStillPage();
    const shown = this.#reveal.of(text, performance.now(), isStill);
    // What is asked for during a render is no render of its own.
    if (shown < text.length) queueMicrotask(host.requestFrame);
    const document = readMarkdown(text.slice(0, shown), open, this.#document);
    this.#document = document;
    const context: BlockContext = {
      links: document.links,
      strings: host.strings,
      copy: host.copy,
      paint: host.paint,
      unfold: (block) => {
        block.shown += SHOWN_AT_FIRST * 5;
        host.requestUpdate();
      },
    };
    return [...document.closed, ...document.tail].map((block) => picture(block, context));
  }
}

/** Whether nobody sees the page move, or they asked that it does not. */
function isStillPage(): boolean {
  return document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Shows markdown that may still grow. */
export const markdown: (...given: Parameters<MarkdownDirective["render"]>) => DirectiveResult =
  directive(MarkdownDirective);

function picture(block: MarkdownBlock, context: BlockContext): TemplateResult {
  return html`${guard([block, block.shown, context.strings], () => renderBlock(block, context))}`;
}
