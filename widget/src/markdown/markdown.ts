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

/** What the markdown of one place needs from the element it stands in. */
export interface MarkdownHost {
  strings: BlockContext["strings"];
  copy: BlockContext["copy"];
  paint?: BlockContext["paint"];
  /** Renders again, after the reader unfolded a block. */
  requestUpdate(): void;
}

/** Remembers the document of its place, so that blocks which are closed are read and rendered once. */
export class MarkdownDirective extends Directive {
  #document: MarkdownDocument | undefined;

  /**
   * @param text the whole text so far
   * @param open whether more may follow
   * @param host the element that shows it
   */
  render(text: string, open: boolean, host: MarkdownHost): TemplateResult[] {
    const document = readMarkdown(text, open, this.#document);
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

/** Shows markdown that may still grow. */
export const markdown: (...given: Parameters<MarkdownDirective["render"]>) => DirectiveResult =
  directive(MarkdownDirective);

function picture(block: MarkdownBlock, context: BlockContext): TemplateResult {
  return html`${guard([block, block.shown, context.strings], () => renderBlock(block, context))}`;
}
