import type { FieldError, Interaction } from "@smooth-agent/protocol";
import { html, nothing, type TemplateResult } from "lit";
import { visibleCharacters } from "../markdown/visible-characters.js";
import type { AgentEntry, ToolPart } from "../state/conversation-state.js";
import { cardId, isOpen, timeLeft } from "./card.js";
import { fieldId } from "./drafts.js";
import { wrongFields } from "./form-field.js";
import { formIcon } from "./card-icons.js";
import { checkIcon, clockIcon, crossIcon, spinnerIcon } from "./icons.js";
import type { InteractionForm, InteractionKind } from "./interactions/interaction-kind.js";
import { interactions } from "./interactions/interactions.js";
import type { View } from "./view.js";

/** A form that the agent waits for, and later what was answered. */
export function interactionCard(
  part: ToolPart,
  interaction: Interaction,
  entry: AgentEntry,
  view: View,
): TemplateResult {
  const { strings } = view;
  const open = isOpen(part, entry);
  const id = cardId(part.toolCallId);
  const { kind: name, spec, reason } = interaction;
  const kind = Object.hasOwn(interactions, name) ? interactions[name] : undefined;
  const title = kind ? attempt(() => kind.title(spec, strings)) : undefined;
  return html`<section
    class="card"
    part="interaction"
    id="card-${id}"
    role="group"
    tabindex="-1"
    aria-labelledby="title-${id}"
    aria-describedby="summary-${id}"
    aria-busy=${open && part.answer ? "true" : "false"}
    data-question=${part.toolCallId}
    ?data-open=${open}
  >
    ${
      open
        ? html`<header>
            ${formIcon}
            <p class="eyebrow">${strings.interactionAsked(view.agentName)}</p>
            ${timeLeft(interaction.expiresAt, view)}
          </header>`
        : nothing
    }
    <h3 id="title-${id}" dir="auto">${title ?? strings.cannotShow}</h3>
    <p id="summary-${id}" class="summary" dir="auto">${visibleCharacters(reason)}</p>
    ${open ? form(part, spec, kind, view) : answered(part, spec, kind, view)}
  </section>`;
}

function form(
  part: ToolPart,
  spec: Record<string, unknown>,
  kind: InteractionKind | undefined,
  view: View,
): TemplateResult {
  const { cards, strings, conversation } = view;
  const { drafts } = cards;
  const { toolCallId, answer } = part;
  const draft = drafts.of(toolCallId);
  // While an answer is on its way, nothing is known to be wrong with it.
  const errors: readonly FieldError[] = answer
    ? []
    : draft.errors.length > 0
      ? draft.errors
      : (part.fieldErrors ?? []);
  const told = new Set<string>();
  const context: InteractionForm = {
    id: (field) => fieldId(toolCallId, field),
    strings,
    value: (field) => drafts.of(toolCallId).values[field],
    write: (field, value) => drafts.write(toolCallId, field, value),
    error: (field) => {
      const names = [field, fieldId(toolCallId, field)];
      for (const name of names) told.add(name);
      return errors.find((each) => names.includes(each.field))?.message;
    },
  };
  const fields = kind && attempt(() => kind.fields(spec, context));
  const others = errors.filter(({ field }) => !told.has(field));
  const submit = (event: Event) => {
    event.preventDefault();
    if (answer || !kind) return;
    const wrong = wrongFields(event.target as Element, view);
    drafts.change(toolCallId, { errors: wrong }, wrong[0]?.field);
    if (wrong.length > 0) return;
    conversation?.answer(toolCallId, kind.values(spec, context));
  };
  const decline = () => answer || conversation?.answer(toolCallId, null);
  const busy = answer?.state === "sending" ? answer.values !== undefined : undefined;
  return html`<form class="interaction" novalidate @submit=${submit}>
    <div class="form-fields">${fields}</div>
    ${others.map(({ message }) => html`<p class="verdict-error" role="alert">${message}</p>`)}
    ${part.verdictError ? html`<p class="verdict-error" role="alert">${part.verdictError}</p>` : nothing}
    <div class="verdict">
      ${
        fields
          ? html`<button type="submit" class="verdict-button" part="submit" aria-disabled=${answer ? "true" : "false"}>
              ${busy === true ? spinnerIcon : checkIcon}<span>${strings.submit}</span>
            </button>`
          : nothing
      }
      <button type="button" class="verdict-button" part="decline" aria-disabled=${answer ? "true" : "false"} @click=${decline}>
        ${busy === false ? spinnerIcon : crossIcon}<span>${strings.decline}</span>
      </button>
    </div>
  </form>`;
}

function answered(
  part: ToolPart,
  spec: Record<string, unknown>,
  kind: InteractionKind | undefined,
  { strings, locale }: View,
) {
  const { answer } = part;
  const line = (icon: TemplateResult, text: string, said: string[] = []) =>
    html`<div class="decision">
      <p>${icon}<span>${text}</span></p>
      ${
        said.length > 0
          ? html`<ul class="said">
              ${said.map((each) => html`<li dir="auto">${visibleCharacters(each)}</li>`)}
            </ul>`
          : nothing
      }
    </div>`;
  if (answer?.state === "declined") {
    return line(crossIcon, answer.here === false ? strings.declinedElsewhere : strings.youDeclined);
  }
  if (answer?.state !== "submitted") {
    return line(clockIcon, part.status === "expired" ? strings.expired : strings.noLongerOpen);
  }
  const { values, here } = answer;
  const said = values && kind ? attempt(() => kind.said(values, spec, locale)) : [];
  return line(checkIcon, here === false ? strings.answeredElsewhere : strings.youSaid, said);
}

/** What a kind makes of what a model wrote; undefined where it can make nothing of it. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
