import { html, nothing, type TemplateResult } from "lit";
import type { AgentEntry, AgentPart, VisitorEntry } from "../state/conversation-state.js";
import { isLive } from "../state/transcript.js";
import { fromChunk } from "./from-chunk.js";
import { warningIcon } from "./icons.js";
import { actionsComing, noActions } from "./no-actions.js";
import { prose } from "./prose.js";
import { sources } from "./sources.js";
import { starters } from "./starters.js";
import { errorText } from "./strings.js";
import { thinking } from "./thinking.js";
import { toolLine } from "./tool-line.js";
import type { View } from "./view.js";

/** What the agent did in one turn: its words, its tools and its questions, in their order. */
export function agentAnswer(entry: AgentEntry, view: View, isLast: boolean): TemplateResult {
  const running = entry.status === "running";
  const lastPart = entry.parts.at(-1);
  const dots = running && !showsProgress(lastPart) ? thinking(view) : nothing;
  const isBegun = entry.parts.some((part) => part.type !== "reasoning");
  // Shown until the answer itself begins.
  const preamble = isBegun ? undefined : entry.preamble;
  return html`<article class="agent" part="agent-message" aria-busy=${running ? "true" : "false"}>
    <span class="hidden">${view.agentName}: </span>
    ${preamble ? html`<p class="preamble" dir="auto">${preamble} ${dots}</p>` : nothing}
    ${entry.parts.map((part) => renderPart(part, entry, view, running && part === lastPart))}
    ${preamble ? nothing : dots}
    ${ending(entry, view, isLast)} ${sources(entry, view.strings)} ${actions(entry, view, isLast)}
    ${isLast && entry.status === "completed" ? starters(entry.suggestions, view) : nothing}
  </article>`;
}

/** Growing text and a tool at work show by themselves that something goes on. */
function showsProgress(part: AgentPart | undefined): boolean {
  if (part?.type !== "tool") return part?.type === "text" && !isBlank(part.text);
  return part.status === "executing" || part.status === "proposed" || part.status === "approved";
}

function renderPart(part: AgentPart, entry: AgentEntry, view: View, growing: boolean): unknown {
  if (part.type === "tool") {
    const { confirmation, interaction } = part;
    if (confirmation) {
      return fromChunk("approvals", view, ({ approvalCard }) =>
        approvalCard(part, confirmation, entry, view),
      );
    }
    if (interaction) {
      return fromChunk("forms", view, ({ interactionCard }) =>
        interactionCard(part, interaction, entry, view),
      );
    }
    return toolLine(part, view);
  }
  if (part.type === "reasoning") return reasoning(part.text, growing, view);
  // What parts two steps' texts is no paragraph of its own.
  if (isBlank(part.text)) return nothing;
  const said = prose(part.text, growing, view);
  if (!said) return thinking(view);
  return html`<div class="prose" part="prose" ?data-growing=${growing}>${said}</div>`;
}

function isBlank(text: string): boolean {
  return !/\S/.test(text);
}

function reasoning(text: string, growing: boolean, { strings }: View): TemplateResult {
  return html`<details class="reasoning">
    <summary>${growing ? strings.thinking : strings.reasoning}</summary>
    <p dir="auto">${text}</p>
  </details>`;
}

function ending(entry: AgentEntry, view: View, isLast: boolean): TemplateResult | typeof nothing {
  const { strings } = view;
  if (entry.status === "cancelled") return html`<p class="aside">${strings.stopped}</p>`;
  if (entry.status === "failed") return failure(entry, view, isLast);
  return entry.truncated ? html`<p class="aside">${strings.truncated}</p>` : nothing;
}

function actions(entry: AgentEntry, view: View, isLast: boolean): unknown {
  if (isLive(entry)) return noActions;
  return view.chunks.get("actions")?.answerActions(entry, view, isLast) ?? actionsComing;
}

function failure(entry: AgentEntry, view: View, isLast: boolean): TemplateResult {
  const { strings } = view;
  const asked = isLast && entry.error?.retryable !== false ? questionOf(entry, view) : undefined;
  const again = () => {
    // A second press finds that the first one has sent it.
    const { transcript } = view.conversation?.state ?? view.state;
    const latest = transcript.findLast(({ kind }) => kind === "visitor");
    if (asked && latest?.id === asked.id) view.send(asked.text);
  };
  return html`<div class="failure" part="error">
    ${warningIcon}<span>${errorText(strings, entry.error?.code ?? "AGENT_ERROR")}</span>
    ${asked ? html`<button type="button" class="quiet-button" @click=${again}>${strings.tryAgain}</button>` : nothing}
  </div>`;
}

/** The visitor's message that this turn was to answer. */
function questionOf(entry: AgentEntry, { state }: View): VisitorEntry | undefined {
  const before = state.transcript.slice(0, state.transcript.indexOf(entry));
  const asked = before.findLast(({ kind }) => kind !== "person");
  return asked?.kind === "visitor" ? asked : undefined;
}
