import type { ArgumentInput, Confirmation } from "@smooth-agent/protocol";
import { html, nothing, type TemplateResult } from "lit";
import { visibleCharacters } from "../markdown/visible-characters.js";
import type { ToolPart } from "../state/conversation-state.js";
import {
  type ApprovalRow,
  approvalRows,
  enteredValue,
  isChanged,
  worded,
} from "./approval-changes.js";
import { fieldId } from "./drafts.js";
import { formField } from "./form-field.js";
import { editIcon } from "./card-icons.js";
import type { View } from "./view.js";

/** What the tool shows of its call; where it may be changed, with how. */
export function approvalFields(
  part: ToolPart,
  confirmation: Confirmation,
  view: View,
): TemplateResult | typeof nothing {
  const rows = approvalRows(confirmation);
  if (rows.length === 0) return nothing;
  return html`<dl>${rows.map((row) => fieldRow(row, part, confirmation, view))}</dl>`;
}

function fieldRow(
  row: ApprovalRow,
  part: ToolPart,
  confirmation: Confirmation,
  view: View,
): TemplateResult {
  const { input } = row;
  const label = visibleCharacters(row.label);
  const value = visibleCharacters(worded(row.value, confirmation, view.strings));
  const mayEdit = part.status === "awaiting" && confirmation.approver !== "team";
  if (!input || !mayEdit || part.verdict?.state === "gone") return plainRow(label, value);
  const draft = view.cards.drafts.of(part.toolCallId);
  const id = fieldId(part.toolCallId, input.argument);
  const changed = isChanged(input, confirmation, draft);
  if (part.verdict) {
    return changed
      ? plainRow(
          label,
          html`<s>${value}</s> ${worded(String(enteredValue(input, confirmation, draft)), confirmation, view.strings)}`,
        )
      : plainRow(label, value);
  }
  const editing = draft.editing.includes(input.argument);
  return editing
    ? editRow(value, input, { id, label, changed, part, confirmation, view })
    : readRow();

  function readRow(): TemplateResult {
    const edit = () => {
      const { drafts } = view.cards;
      const { editing } = drafts.of(part.toolCallId);
      const argument = input?.argument ?? "";
      drafts.change(part.toolCallId, { editing: [...editing, argument], step: undefined }, id);
    };
    return html`<div>
      <dt dir="auto">${label}</dt>
      <dd>
        <bdi>${value}</bdi>
        <button
          type="button"
          class="link"
          part="edit"
          id="${id}-edit"
          aria-label=${view.strings.editField(label)}
          @click=${edit}
        >
          ${editIcon}${view.strings.edit}
        </button>
      </dd>
    </div>`;
  }
}

function plainRow(label: string, value: unknown): TemplateResult {
  return html`<div>
    <dt dir="auto">${label}</dt>
    <dd dir="auto">${value}</dd>
  </div>`;
}

interface Editing {
  id: string;
  label: string;
  changed: boolean;
  part: ToolPart;
  confirmation: Confirmation;
  view: View;
}

/** The input, and beside it what was asked, which one press brings back. */
function editRow(value: string, input: ArgumentInput, editing: Editing): TemplateResult {
  const { id, label, changed, part, confirmation, view } = editing;
  const { strings } = view;
  const { drafts } = view.cards;
  const draft = drafts.of(part.toolCallId);
  const { argument } = input;
  const undo = () => {
    const { editing, values, errors } = drafts.of(part.toolCallId);
    const next = {
      editing: editing.filter((each) => each !== argument),
      values: { ...values, [argument]: undefined },
      errors: errors.filter(({ field }) => field !== id),
      step: undefined,
    };
    drafts.change(part.toolCallId, next, `${id}-edit`);
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    undo();
  };
  return html`<div class="editing" ?data-changed=${changed} @keydown=${leave}>
    <dt dir="auto"><label for=${id}>${label}</label></dt>
    <dd>
      ${formField({
        ...input,
        id,
        value: enteredValue(input, confirmation, draft),
        hint: strings.range(input.minimum, input.maximum),
        error: draft.errors.find(({ field }) => field === id)?.message,
        write: (value) => drafts.write(part.toolCallId, argument, value),
      })}
      <p class="former">
        ${changed ? html`<span class="mark">${strings.changed}</span> <s dir="auto">${value}</s>` : nothing}
        <button type="button" class="link" aria-label=${strings.undoField(label)} @click=${undo}>
          ${changed ? strings.undo : strings.cancel}
        </button>
      </p>
    </dd>
  </div>`;
}
