import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { markdown } from "../markdown/markdown.js";
import type { TranscriptEntry } from "../state/conversation-state.js";
import { agentAnswer } from "./agent-answer.js";
import { refusal } from "./connection-status.js";
import { starters } from "./starters.js";
import type { View } from "./view.js";
import { visitorMessage } from "./visitor-message.js";

/** The greeting and everything that was said, oldest first. */
export function transcript(view: View): TemplateResult {
  const { transcript: entries, history } = view.state;
  const last = entries.length - 1;
  return html`${history.hasMore || history.loading ? earlier(view) : greeting(view)}
    <ol class="entries">
      ${repeat(
        entries,
        (entry) => `${entry.kind} ${entry.id}`,
        (entry, index) =>
          html`<li class="entry" data-kind=${entry.kind}>
            ${guard(changesWith(entry, view, index === last), () => {
              if (entry.kind === "visitor") return visitorMessage(entry, view);
              return agentAnswer(entry, view, index === last);
            })}
          </li>`,
      )}
    </ol>`;
}

/** An open question counts down, so it alone is rendered again as time passes. */
function changesWith(entry: TranscriptEntry, view: View, isLast: boolean): unknown[] {
  const counts = entry.kind === "agent" && entry.status === "parked";
  return [entry, isLast, view.strings, view.revision, view.agentName, counts ? view.now : 0];
}

function greeting(view: View): TemplateResult | typeof nothing {
  const { state, strings } = view;
  const empty = state.transcript.length === 0;
  if (empty && state.connection.status === "refused") return refusal(view);
  if (!state.agent) return empty ? skeleton : nothing;
  const text = state.agent.greeting ?? strings.greeting;
  return html`<div class="greeting" part="greeting" ?data-alone=${empty}>
    <slot name="greeting"><div class="prose">${markdown(text, false, view.markdown)}</div></slot>
    ${empty ? starters(state.agent.starters, view) : nothing}
  </div>`;
}

/** Nothing is known yet: quiet lines where the greeting will be. */
const skeleton = html`<div class="skeleton" aria-hidden="true"><span></span><span></span></div>`;

function earlier({ state, strings, conversation }: View): TemplateResult {
  if (state.history.loading) return html`<p class="earlier">${strings.loadingEarlier}</p>`;
  const load = () => conversation?.loadOlder();
  return html`<p class="earlier">
    <button type="button" class="quiet-button" @click=${load}>${strings.earlier}</button>
  </p>`;
}
