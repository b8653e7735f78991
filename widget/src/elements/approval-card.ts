import type { Confirmation } from "@smooth-agent/protocol";
import { html, nothing, type TemplateResult } from "lit";
import { visibleCharacters } from "../markdown/visible-characters.js";
import type { AgentEntry, ToolPart } from "../state/conversation-state.js";
import { changesOf, draftChanges, editedArguments } from "./approval-changes.js";
import { approvalFields } from "./approval-fields.js";
import { approvalOutcome } from "./approval-outcome.js";
import { approvalQuestion } from "./approval-question.js";
import { cardId, isOpen, timeLeft } from "./card.js";
import { quoteIcon } from "./card-icons.js";
import { shieldIcon } from "./icons.js";
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
  const draft = view.cards.drafts.of(part.toolCallId);
  const id = cardId(part.toolCallId);
  const team = confirmation.approver === "team";
  const changes = open ? draftChanges(confirmation, draft) : [];
  const former =
    changes.length > 0 ? html`<span class="mark">${strings.firstAsked}</span> ` : nothing;
  const summary = html`<bdi>${visibleCharacters(confirmation.summary)}</bdi>`;
  const asked = html`<p
    id="summary-${id}"
    class="summary"
    dir="auto"
    ?data-former=${former !== nothing}
  >
    ${former}${summary}
  </p>`;
  return html`<section
    class="card"
    part="approval"
    id="card-${id}"
    role="group"
    tabindex="-1"
    aria-labelledby="title-${id}"
    aria-describedby="summary-${id}"
    aria-busy=${open && part.verdict ? "true" : "false"}
    data-risk=${confirmation.risk}
    data-question=${part.toolCallId}
    ?data-open=${open}
  >
    ${
      open
        ? html`<header>
            ${shieldIcon}
            <p class="eyebrow">${team ? strings.approvalAskedTeam : strings.approvalAsked}</p>
            ${place(part, confirmation, entry, view)}${timeLeft(confirmation.expiresAt, view)}
          </header>`
        : nothing
    }
    <h3 id="title-${id}" dir="auto">${visibleCharacters(confirmation.title)}</h3>
    ${
      open
        ? html`${asked}${modelsWords(confirmation, view)}
          ${
            changes.length > 0
              ? html`<p class="lead" role="status">
                  ${strings.willRun(changes.map(({ label }) => visibleCharacters(label)).join(", "))}
                </p>`
              : nothing
          }
          ${approvalFields(part, confirmation, view)}${exactArguments(confirmation, view, editedArguments(confirmation, draft))}
          ${approvalQuestion(part, confirmation, view)}`
        : html`${approvalOutcome(part, entry, view, changesOf(part, confirmation, draft))}
            <details class="arguments">
              <summary>${strings.asAsked}</summary>
              ${asked}${modelsWords(confirmation, view)}${approvalFields(part, confirmation, view)}${exactArguments(confirmation, view)}
            </details>`
    }
  </section>`;
}

/** The model may say what it likes: its words stand apart, and say whose they are. */
function modelsWords({ note }: Confirmation, { strings }: View): TemplateResult | typeof nothing {
  if (!note) return nothing;
  return html`<figure class="note">
    <figcaption>${quoteIcon}${strings.modelsWords}</figcaption>
    <blockquote dir="auto">${visibleCharacters(note)}</blockquote>
  </figure>`;
}

/** @param edited what will run in place of what was asked */
function exactArguments(
  confirmation: Confirmation,
  { strings }: View,
  edited?: Record<string, unknown>,
): TemplateResult {
  const text = visibleCharacters(JSON.stringify(edited ?? confirmation.arguments, null, 2));
  return html`<details class="arguments">
    <summary>${strings.exactArguments}</summary>
    <p class="tool-name" dir="ltr"><code>${visibleCharacters(confirmation.toolName)}</code></p>
    <pre dir="ltr" tabindex="0">${text}</pre>
  </details>`;
}

/** Which of the questions of one step this is: each says how many follow. */
function place(
  part: ToolPart,
  { queued: after = 0 }: Confirmation,
  { parts }: AgentEntry,
  { strings }: View,
): TemplateResult | typeof nothing {
  let before = 0;
  for (const each of parts.slice(0, parts.indexOf(part)).toReversed()) {
    if (each.type !== "tool" || !each.confirmation) continue;
    if (each.confirmation.queued !== after + before + 1) break;
    before += 1;
  }
  const total = before + 1 + after;
  return total > 1 ? html`<p class="place">${strings.questionOf(before + 1, total)}</p>` : nothing;
}
