import type { Confirmation } from "@smooth-agent/protocol";
import { html, nothing, type TemplateResult } from "lit";
import { visibleCharacters } from "../markdown/visible-characters.js";
import type { AgentEntry, ToolPart } from "../state/conversation-state.js";
import { approvalOutcome } from "./approval-outcome.js";
import { duration } from "./countdown.js";
import { checkIcon, crossIcon, shieldIcon, spinnerIcon, warningIcon } from "./icons.js";
import type { Strings } from "./strings.js";
import type { View } from "./view.js";

/** The question before a write: what will happen, word for word, and later what was decided. */
export function approvalCard(
  part: ToolPart,
  confirmation: Confirmation,
  entry: AgentEntry,
  view: View,
): TemplateResult {
  const { strings } = view;
  const open = isOpen(part, entry);
  const sending = open && part.verdict?.state === "sending";
  const id = encodeURIComponent(part.toolCallId);
  const ids = { title: `title-${id}`, summary: `summary-${id}` };
  if (open) view.gate.seen(part.toolCallId, performance.now());
  return html`<section
    class="card"
    part="approval"
    role="group"
    tabindex="-1"
    aria-labelledby=${ids.title}
    aria-describedby=${ids.summary}
    aria-busy=${sending ? "true" : "false"}
    data-risk=${confirmation.risk}
    ?data-open=${open}
  >
    <header>
      ${shieldIcon}
      <p class="eyebrow">${open ? strings.approvalAsked : nothing}</p>
      ${open ? expiry(confirmation, view) : nothing}
    </header>
    <h3 id=${ids.title} dir="auto">${visibleCharacters(confirmation.title)}</h3>
    <p id=${ids.summary} class="summary" dir="auto">${visibleCharacters(confirmation.summary)}</p>
    ${fields(confirmation)} ${exactArguments(confirmation, strings)}
    ${open ? question(part, confirmation, view) : approvalOutcome(part, entry, view)}
  </section>`;
}

/** Whether an answer is still wanted. */
function isOpen(part: ToolPart, entry: AgentEntry): boolean {
  const { verdict } = part;
  const decided = verdict?.state === "decided" || verdict?.state === "gone";
  return (
    part.status === "awaiting" &&
    !decided &&
    (entry.status === "parked" || entry.status === "running")
  );
}

function fields({ fields: list }: Confirmation): TemplateResult | typeof nothing {
  if (list.length === 0) return nothing;
  return html`<dl>
    ${list.map(
      ({ label, value }) =>
        html`<div>
          <dt dir="auto">${visibleCharacters(label)}</dt>
          <dd dir="auto">${visibleCharacters(value)}</dd>
        </div>`,
    )}
  </dl>`;
}

function exactArguments(confirmation: Confirmation, strings: Strings): TemplateResult {
  const text = visibleCharacters(JSON.stringify(confirmation.arguments, null, 2));
  return html`<details class="arguments">
    <summary>${strings.exactArguments}</summary>
    <p class="tool-name" dir="ltr"><code>${visibleCharacters(confirmation.toolName)}</code></p>
    <pre dir="ltr" tabindex="0">${text}</pre>
  </details>`;
}

function question(part: ToolPart, confirmation: Confirmation, view: View): TemplateResult {
  const { strings } = view;
  const verdict = part.verdict?.state === "sending" ? part.verdict : undefined;
  const risk = html`<p class="risk">${warningIcon}${strings.approvalHighRisk}</p>`;
  return html`${confirmation.risk === "high" ? risk : nothing}
    ${part.verdictError ? html`<p class="verdict-error" role="alert">${part.verdictError}</p>` : nothing}
    <div class="verdict">
      ${verdictButton(true, verdict, part.toolCallId, view)}
      ${verdictButton(false, verdict, part.toolCallId, view)}
    </div>`;
}

/** Both answers look and weigh the same. Not `disabled` while busy, which would drop the focus. */
function verdictButton(
  approved: boolean,
  verdict: { approved: boolean } | undefined,
  toolCallId: string,
  view: View,
): TemplateResult {
  const { strings, gate, conversation } = view;
  const busy = verdict?.approved === approved;
  const idle = approved ? strings.approve : strings.decline;
  const label = busy ? (approved ? strings.approving : strings.declining) : idle;
  const press = (event: Event) => {
    if (!verdict && gate.admits(toolCallId, event)) conversation?.decide(toolCallId, approved);
  };
  return html`<button
    type="button"
    class="verdict-button"
    part=${approved ? "approve" : "decline"}
    aria-disabled=${verdict || !gate.isArmed(toolCallId, performance.now()) ? "true" : "false"}
    @click=${press}
  >
    ${busy ? spinnerIcon : approved ? checkIcon : crossIcon}<span>${label}</span>
  </button>`;
}

function expiry({ expiresAt }: Confirmation, view: View): TemplateResult | typeof nothing {
  const left = expiresAt - view.now;
  if (left <= 0) return nothing;
  return html`<p class="expiry">${view.strings.expiresIn(duration(left, view.strings))}</p>`;
}
