import { html, nothing, type TemplateResult } from "lit";
import { composer } from "./composer.js";
import { connectionNotice } from "./connection-status.js";
import { handOffNotice } from "./hand-off-notice.js";
import { downIcon } from "./icons.js";
import { panelHeader } from "./panel-header.js";
import { transcript } from "./transcript.js";
import type { View } from "./view.js";

/** What the panel shows beside the conversation itself, and what it may ask of the element. */
export interface PanelState {
  draft: string;
  write: (draft: string) => void;
  close: () => void;
  /** Whether the reader is at the end of the transcript. */
  atEnd: boolean;
  /** Whether something was added while the reader was not. */
  hasNews: boolean;
  toEnd: () => void;
}

/** The chat itself: header, transcript, composer. */
export function panel(view: View, panelState: PanelState): TemplateResult {
  const { strings } = view;
  return html`<section
    id="panel"
    class="panel"
    part="panel"
    role="dialog"
    popover="manual"
    tabindex="-1"
    aria-label=${strings.panelLabel(view.agentName)}
    @keydown=${(event: KeyboardEvent) => keep(event, panelState.close)}
    @keyup=${keep}
    @keypress=${keep}
  >
    ${panelHeader(view, panelState.close)} ${connectionNotice(view)} ${handOffNotice(view)}
    <div class="scroller" part="transcript" role="region" tabindex="0" aria-label=${strings.transcript}>
      <div class="content">${transcript(view)}</div>
    </div>
    <div class="foot">
      ${panelState.atEnd ? nothing : toEnd(view, panelState)}
      ${composer(view, panelState.draft, panelState.write)}
      <slot name="footer"></slot>
    </div>
  </section>`;
}

/** Keys pressed here are the visitor's writing and none of the host page's business. */
function keep(event: KeyboardEvent, close?: () => void): void {
  event.stopPropagation();
  if (event.key !== "Escape" || event.isComposing || typeof close !== "function") return;
  event.preventDefault();
  close();
}

function toEnd({ strings }: View, { hasNews, toEnd: go }: PanelState): TemplateResult {
  return html`<button
    type="button"
    class="to-end"
    aria-label=${strings.newMessages}
    ?data-news=${hasNews}
    @click=${go}
  >
    ${downIcon}${hasNews ? html`<span>${strings.newMessages}</span>` : nothing}
  </button>`;
}
