import { html, nothing, type TemplateResult } from "lit";
import type { ToolPart } from "../state/conversation-state.js";
import { checkIcon, clockIcon, crossIcon, questionIcon, spinnerIcon } from "./icons.js";
import type { Strings } from "./strings.js";
import type { View } from "./view.js";

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** What was decided, when and where, and what came of it: the record that stays. */
export function approvalOutcome(part: ToolPart, view: View): TemplateResult {
  const made = decisionOf(part);
  const text = decisionText(part, view.strings);
  const at = made?.at === undefined ? nothing : html`<time> · ${TIME.format(made.at)}</time>`;
  return html`<div class="decision" data-approved=${made ? String(made.approved) : "none"}>
    <p>${decisionIcon(made?.approved)}<span>${text}${at}</span></p>
    ${outcome(part, made?.approved === true, view.strings)}
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

function outcome(
  part: ToolPart,
  approved: boolean,
  strings: Strings,
): TemplateResult | typeof nothing {
  const line = (icon: TemplateResult, text: string) =>
    html`<p class="outcome" data-status=${part.status}>${icon}<span>${text}</span></p>`;
  switch (part.status) {
    case "succeeded":
      return line(checkIcon, strings.outcomeDone);
    case "failed":
      return line(crossIcon, strings.outcomeFailed);
    case "unknown":
      return line(questionIcon, strings.outcomeUnknown);
    case "denied":
    case "expired":
      return html`<p class="outcome" data-status=${part.status}>${strings.outcomeNotDone}</p>`;
    default:
      return approved ? line(spinnerIcon, strings.outcomeRunning) : nothing;
  }
}
