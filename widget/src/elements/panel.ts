import { html, nothing, type TemplateResult } from "lit";
import { composer } from "./composer.js";
import { connectionNotice } from "./connection-status.js";
import { fromChunk } from "./from-chunk.js";
import { handOffNotice } from "./hand-off-notice.js";
import { downIcon, shieldIcon } from "./icons.js";
import { MENU_BUTTON, panelHeader } from "./panel-header.js";
import { placeIn } from "./panel-place.js";
import { transcript } from "./transcript.js";
import type { View } from "./view.js";

/** What the panel shows beside the conversation itself, and what it may ask of the element. */
export interface PanelState {
  draft: string;
  write: (draft: string) => void;
  /** Undefined where the panel is a part of the page, which cannot be closed. */
  close: (() => void) | undefined;
  /** Whether the reader is at the end of the transcript. */
  atEnd: boolean;
  /** Whether something was added while the reader was not. */
  hasNews: boolean;
  toEnd: () => void;
}

/** The chat itself: header, transcript, composer. */
export function panel(view: View, panelState: PanelState): TemplateResult {
  const { strings } = view;
  const isListing = placeIn(view) === "earlier";
  return html`<section
    id="panel"
    class="panel"
    part="panel"
    role=${panelState.close ? "dialog" : "region"}
    popover=${panelState.close ? "manual" : nothing}
    tabindex="-1"
    lang=${view.locale}
    aria-label=${strings.panelLabel(view.agentName)}
  >
    ${panelHeader(view, panelState.close)} ${connectionNotice(view)} ${handOffNotice(view)}
    ${view.state.grants.length > 0 ? view.chunks.get("approvals")?.grantList(view) : nothing}
    <div class="scroller" part="transcript" role="region" tabindex="0" aria-label=${strings.transcript} ?hidden=${isListing}>
      <div class="content">${transcript(view)} ${view.state.otp ? fromChunk("forms", view, (forms) => forms.otpCard(view)) : nothing}</div>
    </div>
    ${isListing ? earlier(view) : nothing}
    <div class="foot" ?hidden=${isListing}>
      ${toQuestion(view) ?? (panelState.atEnd ? nothing : toEnd(view, panelState))}
      ${composer(view, panelState.draft, panelState.write)}
      <slot name="footer"></slot>
    </div>
  </section>`;
}

/** It scrolls by itself, so that the reader finds the conversation where they left it. */
function earlier(view: View): TemplateResult {
  const list = fromChunk("extras", view, (extras) =>
    extras.earlierConversations(view, MENU_BUTTON),
  );
  return html`<div class="scroller"><div class="content">${list}</div></div>`;
}

/** What leads to the next question that waits out of view. */
function toQuestion({ state, cards, strings }: View): TemplateResult | undefined {
  const away = cards.away(state);
  if (away.length === 0) return undefined;
  const go = (event: Event) => {
    const root = (event.target as Element).getRootNode() as ShadowRoot;
    const all = [...root.querySelectorAll<HTMLElement>(".card[data-open]")];
    const next = all.filter(({ dataset }) =>
      away.some(({ toolCallId }) => toolCallId === dataset["question"]),
    );
    const seen = all.findLastIndex((card) => !next.includes(card));
    (next.find((card) => all.indexOf(card) > seen) ?? next[0])?.focus();
  };
  return html`<button type="button" class="to-end" part="to-question" aria-keyshortcuts="F6" data-news @click=${go}>
    ${shieldIcon}<span>${strings.questionsWait(away.length)}</span>
  </button>`;
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
