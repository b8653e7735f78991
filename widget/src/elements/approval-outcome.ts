import type { Confirmation } from "@smooth-agent/protocol";
import { html, nothing, type TemplateResult } from "lit";
import { visibleCharacters } from "../markdown/visible-characters.js";
import type { AgentEntry, ToolPart } from "../state/conversation-state.js";
import { type ApprovalChange, worded } from "./approval-changes.js";
import { clockTime } from "./card.js";
import { grantUndo } from "./grants.js";
import { checkIcon, clockIcon, crossIcon, questionIcon, spinnerIcon } from "./icons.js";
import type { Strings } from "./strings.js";
import type { View } from "./view.js";

/** What was decided, when, by whom and on what, and what came of it: the record that stays. */
export function approvalOutcome(
  part: ToolPart,
  entry: AgentEntry,
  view: View,
  changes: readonly ApprovalChange[],
): TemplateResult {
  const { strings, cards, locale } = view;
  const made = decisionOf(part);
  const approved = made?.approved === true;
  const changed = approved && changes.length > 0;
  // Of a change that only this page knows, the summary does not tell.
  const isStale = changed && !made?.changes;
  const { summary = "" } = part.confirmation ?? {};
  const typed = cards.drafts.of(part.toolCallId);
  const reason = made?.reason ?? (typed.step === "reason" ? typed.reason.trim() : "");
  return html`<div class="decision" data-approved=${made ? String(made.approved) : "none"}>
    <p>
      ${decisionIcon(made?.approved)}<span
        >${decisionText(part, strings)}${clockTime(made?.at, locale)}${
          isStale
            ? nothing
            : html`<span class="ran"> · <bdi>${visibleCharacters(summary)}</bdi></span>`
        }</span
      >
    </p>
    ${changed && part.confirmation ? changeList(changes, part.confirmation, strings) : nothing}
    ${
      made?.approved === false && reason
        ? html`<p class="outcome plain"><bdi>“${visibleCharacters(reason)}”</bdi></p>`
        : nothing
    }
    ${outcome(part, approved, entry, strings)}
    ${made?.by === "grant" ? grantUndo(part.name, view) : nothing}
  </div>`;
}

/** The decision in words, for the card and for the announcement. */
export function decisionText(part: ToolPart, strings: Strings): string {
  const made = decisionOf(part);
  if (!made) return part.status === "expired" ? strings.expired : strings.noLongerOpen;
  const { approved } = made;
  if (made.by === "team") return approved ? strings.approvedByTeam : strings.declinedByTeam;
  if (made.by === "grant") return strings.notAsked;
  if (made.here ?? made.by === "visitor")
    return approved ? strings.youApproved : strings.youDeclined;
  if (made.here === undefined) return approved ? strings.approved : strings.declined;
  return approved ? strings.approvedElsewhere : strings.declinedElsewhere;
}

interface DecisionMade {
  approved: boolean;
  at?: number;
  by?: string;
  reason?: string;
  changes?: ApprovalChange[] | undefined;
  /** Undefined for a decision that was only read from the record. */
  here?: boolean;
}

function decisionOf({ status, verdict, decision }: ToolPart): DecisionMade | undefined {
  if (status === "expired") return undefined;
  return verdict?.state === "decided" ? { ...decision, ...verdict } : decision;
}

function decisionIcon(approved: boolean | undefined): TemplateResult {
  if (approved === undefined) return clockIcon;
  return approved ? checkIcon : crossIcon;
}

function changeList(
  changes: readonly ApprovalChange[],
  confirmation: Confirmation,
  strings: Strings,
): TemplateResult {
  const said = (value: string) => visibleCharacters(worded(value, confirmation, strings));
  return html`<ul class="changes" aria-label=${strings.changed}>
    ${changes.map(
      ({ label, from, to }) =>
        html`<li>
          <bdi>${visibleCharacters(label)}</bdi> <s dir="auto">${said(from)}</s>
          <span aria-hidden="true">→</span> <b dir="auto">${said(to)}</b>
        </li>`,
    )}
  </ul>`;
}

function outcome(
  part: ToolPart,
  approved: boolean,
  entry: AgentEntry,
  strings: Strings,
): TemplateResult | typeof nothing {
  const line = (icon: TemplateResult, text: string) =>
    html`<p class="outcome" data-status=${part.status}>${icon}<span>${text}</span></p>`;
  const notDone = html`<p class="outcome plain">${strings.outcomeNotDone}</p>`;
  switch (part.status) {
    case "succeeded":
      return line(checkIcon, strings.outcomeDone);
    case "failed":
      return line(crossIcon, strings.outcomeFailed);
    case "unknown":
      return line(questionIcon, strings.outcomeUnknown);
    case "denied":
    case "expired":
      return notDone;
    default:
      if (approved) return line(spinnerIcon, strings.outcomeRunning);
      // While its turn goes on, the answer may have been given elsewhere.
      return entry.status === "running" || entry.status === "parked" ? nothing : notDone;
  }
}
