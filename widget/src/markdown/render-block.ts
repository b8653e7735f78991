import { html, noChange, nothing, type TemplateResult } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";
import type {
  Block,
  CodeBlock,
  LinkDefinitions,
  ListBlock,
  ListItem,
  TableBlock,
} from "./block.js";
import type { MarkdownBlock } from "./markdown-document.js";
import { type Rendered, renderInline } from "./render-inline.js";

/** What blocks need beside their text. */
export interface BlockContext {
  links: LinkDefinitions;
  strings: {
    copy: string;
    copied: string;
    showMore: (count: number) => string;
    done: string;
    notDone: string;
  };
  /** Copies a code block; `pressed` is the button that says so. */
  copy: (text: string, pressed: Element) => void;
  /** Colours code that grows no more. */
  paint?: ((code: Element, text: string, language: string) => void) | undefined;
  /** Shows more of a long block. */
  unfold: (block: MarkdownBlock) => void;
}

/** Where a block stands. */
interface Place {
  context: BlockContext;
  /** The block of the answer that it is, or is part of. */
  top: MarkdownBlock;
  /** Its own direction is told from its text; parts of a container have that of the container. */
  dir: "auto" | typeof nothing;
  /** Whether its text still grows. */
  open: boolean;
}

/** Renders one block of an answer. */
export function renderBlock(top: MarkdownBlock, context: BlockContext): Rendered {
  return render(top.block, { context, top, dir: "auto", open: top.open });
}

function render(block: Block, place: Place): Rendered {
  switch (block.type) {
    case "paragraph":
      return html`<p dir=${place.dir}>${inline(block.text, place)}</p>`;
    case "heading":
      return renderHeading(block.level, block.text, place);
    case "rule":
      return html`<hr />`;
    case "code":
      return renderCode(block, place);
    case "quote":
      return html`<blockquote dir=${place.dir}>${renderAll(block.blocks, place)}</blockquote>`;
    case "list":
      return renderList(block, place);
    case "table":
      return renderTable(block, place);
    case "definition":
      return nothing;
  }
}

/** Only the last part of a growing block grows. */
function renderAll(blocks: readonly Block[], place: Place): Rendered {
  const last = blocks.at(-1);
  return blocks.map((block) =>
    render(block, { ...place, dir: nothing, open: place.open && block === last }),
  );
}

function inline(text: string, { context, open }: Place): Rendered {
  return renderInline(text, context.links, open);
}

/** An answer's headings stand below the panel's own, whatever their number of marks. */
function renderHeading(level: number, text: string, place: Place): TemplateResult {
  const content = inline(text, place);
  if (level === 1) return html`<h3 dir=${place.dir}>${content}</h3>`;
  if (level === 2) return html`<h4 dir=${place.dir}>${content}</h4>`;
  return html`<h5 dir=${place.dir}>${content}</h5>`;
}

function renderList(list: ListBlock, place: Place): TemplateResult {
  const last = list.items.at(-1);
  const items = list.items.map((item) =>
    renderItem(item, list.loose, { ...place, dir: nothing, open: place.open && item === last }),
  );
  if (list.start === undefined) return html`<ul dir=${place.dir}>${items}</ul>`;
  return html`<ol dir=${place.dir} start=${list.start}>${items}</ol>`;
}

function renderItem(item: ListItem, loose: boolean, place: Place): TemplateResult {
  const last = item.blocks.at(-1);
  const content = item.blocks.map((block) => {
    const inner = { ...place, open: place.open && block === last };
    return !loose && block.type === "paragraph" ? inline(block.text, inner) : render(block, inner);
  });
  if (item.done === undefined) return html`<li>${content}</li>`;
  const { done, notDone } = place.context.strings;
  return html`<li class="task-item">
    <span
      class="task"
      role="img"
      aria-label=${item.done ? done : notDone}
      ?data-done=${item.done}
    ></span>
    <div>${content}</div>
  </li>`;
}

function renderTable(table: TableBlock, place: Place): TemplateResult {
  const side = (index: number) => table.align[index] ?? nothing;
  const head = table.header.map(
    (text, index) => html`<th scope="col" data-align=${side(index)}>${inline(text, place)}</th>`,
  );
  const rows = table.rows.slice(0, place.top.shown).map((row) => {
    const cells = row.map(
      (text, index) =>
        html`<td data-align=${side(index)} ?data-long=${text.length > 12}>${inline(text, place)}</td>`,
    );
    return html`<tr>
      ${cells}
    </tr>`;
  });
  return html`<div class="table" role="group" tabindex="0" dir=${place.dir}>
      <table>
        <thead>
          <tr>
            ${head}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${unfolder(table.rows.length, place)}`;
}

function renderCode(block: CodeBlock, place: Place): TemplateResult {
  const { copy, copied } = place.context.strings;
  const lines = block.text.length > 10_000 ? block.text.split("\n") : [];
  const shown =
    lines.length > place.top.shown ? lines.slice(0, place.top.shown).join("\n") : block.text;
  const press = (event: Event) => place.context.copy(block.text, event.currentTarget as Element);
  return html`<figure class="code" part="code" dir="ltr">
      <figcaption>
        <span>${block.language.slice(0, 24)}</span>
        <button type="button" class="copy" data-copied-label=${copied} @click=${press}>${copy}</button>
      </figcaption>
      <pre tabindex="0"><code .textContent=${shown} ${painted(shown, block.language, place)}></code></pre>
    </figure>
    ${unfolder(lines.length, place)}`;
}

/** Colours the element it stands on, once nothing more comes. */
class PaintedDirective extends Directive {
  override render(_text: string, _language: string, _place: Place): unknown {
    return noChange;
  }

  override update(
    part: ElementPart,
    [text, language, { open, context }]: Parameters<this["render"]>,
  ) {
    if (!open) context.paint?.(part.element, text, language);
    return noChange;
  }
}

const painted = directive(PaintedDirective);

function unfolder(total: number, { top, context }: Place): Rendered {
  const more = total - top.shown;
  if (more <= 0) return nothing;
  const unfold = () => context.unfold(top);
  return html`<button type="button" class="unfold" @click=${unfold}>
    ${context.strings.showMore(more)}
  </button>`;
}
