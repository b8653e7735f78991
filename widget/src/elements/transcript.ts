import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { isLive } from "../state/transcript.js";
import type { PersonEntry, TranscriptEntry, VisitorEntry } from "../state/conversation-state.js";
import { refusal } from "./connection-status.js";
import { datesIn, DayWords } from "./dates.js";
import { mayEditLast } from "./last-question.js";
import { missing } from "./from-chunk.js";
import { prose } from "./prose.js";
import { starters } from "./starters.js";
import { thinking } from "./thinking.js";
import type { View } from "./view.js";
import { visitorMessage } from "./visitor-message.js";

/** The greeting and everything that was said, oldest first. */
export function transcript(view: View): TemplateResult {
  const { history } = view.state;
  const entries = view.entries.filter((entry) => !isSilent(entry, view));
  const last = entries.length - 1;
  const question = entries.findLastIndex(({ kind }) => kind === "visitor");
  const dates = datesIn(view.locale);
  const days = new DayWords(dates, view.now);
  const today = dates.day(view.now, view.now);
  return html`${view.hasEarlier || history.hasMore || history.loading ? earlier(view) : greeting(view)}
    <ol class="entries">
      ${repeat(
        entries,
        (entry) => `${entry.kind} ${entry.id}`,
        (entry, index) => {
          const day = days.next(entry.at);
          // A conversation that begins today need not say so.
          const told = index === 0 && day === today ? undefined : day;
          const place =
            entry.kind === "person"
              ? follows(entry, entries[index - 1])
              : index === (entry.kind === "visitor" ? question : last);
          return html`<li class="entry" data-kind=${entry.kind}>
            ${told === undefined ? nothing : dayLine(told, entry.at)}
            ${guard([...changesWith(entry, view), place], () => {
              if (entry.kind === "visitor") return visitorMessage(entry, view, place);
              const talk = view.chunks.get("answers");
              if (!talk)
                return view.chunks.isMissing("answers") ? unread(entry) : coming(thinking(view));
              return entry.kind === "person"
                ? talk.personMessage(entry, view, place)
                : talk.agentAnswer(entry, view, place);
            })}
          </li>`;
        },
      )}
    </ol>
    ${entries.some(({ kind }) => kind !== "visitor") && view.chunks.isMissing("answers") ? missing("answers", view) : nothing}`;
}

/** A turn in which the agent said nothing, or is about to, because a person has taken over. */
function isSilent(entry: TranscriptEntry, { state: { handOff } }: View): boolean {
  if (entry.kind !== "agent" || entry.parts.length > 0) return false;
  return entry.status === "completed" || (isLive(entry) && handOff?.state === "active");
}

/** What was said, as it was written: shown where what draws it cannot be had. */
function unread(entry: Exclude<TranscriptEntry, VisitorEntry>): TemplateResult[] {
  const parts =
    entry.kind === "person" ? [{ type: "text", text: entry.text } as const] : entry.parts;
  return parts.flatMap((part) =>
    part.type === "text" ? [html`<p class="unread" dir="auto">${part.text}</p>`] : [],
  );
}

function follows(entry: PersonEntry, before: TranscriptEntry | undefined): boolean {
  return before?.kind === "person" && before.name === entry.name;
}

/** An open question counts down, and a burst flows in: what is not at its end is rendered again as time passes. */
function changesWith(entry: TranscriptEntry, view: View): unknown[] {
  return [
    entry,
    view.strings,
    view.revision,
    view.cards.drafts.revision,
    view.state.grants,
    view.agentName,
    entry.kind === "visitor" && mayEditLast(view),
    isLive(entry) ? view.now : 0,
  ];
}

function dayLine(day: string, at: number): TemplateResult {
  const date = new Date(at);
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  const iso = parts.map((part) => String(part).padStart(2, "0")).join("-");
  return html`<p class="day"><time datetime=${iso}>${day}</time></p>`;
}

function greeting(view: View): TemplateResult | typeof nothing {
  const { state, strings } = view;
  const empty = state.transcript.length === 0;
  if (empty && state.connection.status === "refused") return refusal(view);
  if (!view.conversation && view.chunks.isMissing("conversation")) {
    return missing("conversation", view);
  }
  if (!state.agent) return empty ? skeleton : nothing;
  const said = prose(state.agent.greeting ?? strings.greeting, false, view) ?? coming(skeleton);
  return html`<div class="greeting" part="greeting" ?data-alone=${empty}>
    <slot name="greeting"><div class="prose">${said}</div></slot>
    ${empty ? starters(state.agent.starters, view) : nothing}
  </div>`;
}

/** Nothing is known yet: quiet lines where the greeting will be. */
const skeleton = html`<div class="skeleton" aria-hidden="true"><span></span><span></span><span></span></div>`;

/** What stands for something that is on its way. */
function coming(sign: TemplateResult): TemplateResult {
  return html`<div class="coming">${sign}</div>`;
}

function earlier({ state, strings, earlier: load }: View): TemplateResult {
  if (state.history.loading) return html`<p class="earlier">${strings.loadingEarlier}</p>`;
  return html`<p class="earlier">
    <button type="button" class="quiet-button" @click=${load}>${strings.earlier}</button>
  </p>`;
}
