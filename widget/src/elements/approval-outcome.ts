import { html, nothing, type TemplateResult } from "lit";
import type { AgentEntry, ToolPart } from "../state/conversation-state.js";
import { checkIcon, clockIcon, crossIcon, questionIcon, spinnerIcon } from "./icons.js";
import type { Strings } from "./strings.js";
import type { View } from "./view.js";

const TIME = { hour: "2-digit", minute: "2-digit" } as const;
const TODAY = new Intl.DateTimeFormat(undefined, TIME);
const ANOTHER_DAY = new Intl.DateTimeFormat(undefined, { ...TIME, day: "numeric", month: "short" });

/** What was decided, when and where, and what came of it: the record that stays. */
export function approvalOutcome(part: ToolPart, entry: AgentEntry, view: View): TemplateResult {
  const made = decisionOf(part);
  const text = decisionText(part, view.strings);
  const at = made?.at === undefined ? nothing : html`<time>${clockTime(made.at)}</time>`;
  return html`<div class="decision" data-approved=${made ? String(made.approved) : "none"}>
    <p>${decisionIcon(made?.approved)}<span>${text}${at}</span></p>
    ${outcome(part, made?.approved === true, entry, view.strings)}
  </div>`;
}

/** The decision in words, for the card and for the announcement. */
export function decisionText(part: ToolPart, strings: Strings): string {
  const made = decisionOf(part);
  if (!made) return part.status === "expired" ? strings.expired : strings.noLongerOpen;
  if (made.here) return made.approved ? strings.youApproved : strings.youDeclined;
  if (made.here === undefined) return made.approved ? strings.approved : strings.declined;
  return made.approved ? strings.approvedElsewhere : strings.declinedElsewhere;
}

/** `here` is undefined for a decision that was only read from the record. */
function decisionOf(
  part: ToolPart,
): { approved: boolean; at?: number; here?: boolean } | undefined {
  if (part.status === "expired") return undefined;
  if (part.verdict?.state === "decided") return part.verdict;
  return part.decision;
}

function decisionIcon(approved: boolean | undefined): TemplateResult {
  if (approved === undefined) return clockIcon;
  return approved ? checkIcon : crossIcon;
}

/** A record of another day says which; nothing for a time that is none. */
function clockTime(at: number): string {
  const day = new Date(at).toDateString();
  if (Number.isNaN(Date.parse(day))) return "";
  return ` · ${(day === new Date().toDateString() ? TODAY : ANOTHER_DAY).format(at)}`;
}

function outcome(
  part: ToolPart,
  approved: boolean,
  entry: AgentEntry,
  strings: Strings,
): TemplateResult | typeof nothing {
  const line = (icon: TemplateResult, text: string) =>
    html`<p class="outcome" data-status=${part.status}>${icon}<span>${text}</span></p>`;
  const notDone = html`<p class="outcome" data-status="denied">${strings.outcomeNotDone}</p>`;
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
