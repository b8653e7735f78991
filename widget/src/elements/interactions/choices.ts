import type { ChoicesSpec } from "@smooth-agent/protocol";
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { visibleCharacters } from "../../markdown/visible-characters.js";
import { formField } from "../form-field.js";
import type { InteractionForm, InteractionKind } from "./interaction-kind.js";

type Question = ChoicesSpec["questions"][number];

/** What stands for the visitor's own words among the marks of a question; options are numbers. */
const OTHER = "other";

/** Questions with a few options each, and room for another answer. */
export const choices: InteractionKind = {
  title: (spec, strings) => {
    const [only, ...more] = questionsOf(spec);
    if (more.length > 0) return strings.choicesTitleSeveral;
    return visibleCharacters(only?.question ?? "") || strings.choicesTitle;
  },
  fields: (spec, form) =>
    html`${questionsOf(spec).map((question, index, { length }) =>
      questionField(question, index, form, length === 1),
    )}`,
  values: (spec, form) => ({
    answers: questionsOf(spec).flatMap(({ header, options }, index) => {
      const picked = pickedOf(index, form);
      const other = picked.includes(OTHER) ? ownWords(index, form).trim() : "";
      const labels = picked.flatMap((each) => options[Number(each)]?.label ?? []);
      if (labels.length === 0 && other === "") return [];
      return [{ header, options: labels, ...(other && { other }) }];
    }),
  }),
  said: ({ answers }, spec) =>
    (answers as { header: string; options?: string[]; other?: string }[]).map(
      ({ header, options = [], other }) => {
        const answer = (other ? [...options, other] : options).join(", ");
        // The title says already what was asked.
        return questionsOf(spec).length === 1 ? answer : `${header}: ${answer}`;
      },
    ),
};

/** @param isTitle whether the card is headed by the question, which only who hears it needs again */
function questionField(
  question: Question,
  index: number,
  form: InteractionForm,
  isTitle: boolean,
): TemplateResult {
  const { strings } = form;
  const id = form.id(String(index));
  const picked = pickedOf(index, form);
  const error = form.error(question.header);
  const pick = (mark: string, on: boolean) => {
    // What is rendered may be a frame behind two quick presses.
    const now = question.multiSelect ? pickedOf(index, form) : [];
    const others = now.filter((each) => each !== mark);
    form.write(String(index), on ? [...others, mark] : others);
  };
  const chip = (mark: string, label: string, description?: string) =>
    html`<label class="chip">
      <input
        type=${question.multiSelect ? "checkbox" : "radio"}
        name=${id}
        id="${id}-${mark}"
        .checked=${live(picked.includes(mark))}
        @change=${(event: Event) => pick(mark, (event.target as HTMLInputElement).checked)}
      />
      <span dir="auto"
        >${visibleCharacters(label)}${
          description ? html`<small>${visibleCharacters(description)}</small>` : nothing
        }</span
      >
    </label>`;
  return html`<fieldset
    id=${id}
    tabindex="-1"
    role=${question.multiSelect ? "group" : "radiogroup"}
    aria-invalid=${error ? "true" : nothing}
    aria-describedby=${error ? `${id}-about` : nothing}
  >
    <legend dir="auto" class=${isTitle ? "hidden" : nothing}>
      ${visibleCharacters(question.question)}${
        question.multiSelect ? html` <span class="hint">${strings.pickSeveral}</span>` : nothing
      }
    </legend>
    ${
      isTitle && question.multiSelect
        ? html`<p class="hint" aria-hidden="true">${strings.pickSeveral}</p>`
        : nothing
    }
    <div class="chips">
      ${question.options.map(({ label, description }, at) => chip(String(at), label, description))}
      ${chip(OTHER, strings.other)}
    </div>
    ${
      picked.includes(OTHER)
        ? html`<div class="form-field">
            <label for=${form.id(`${index} words`)}>${strings.otherLabel}</label>
            ${formField({
              id: form.id(`${index} words`),
              error: form.error(`${index} words`),
              type: "text",
              required: true,
              value: ownWords(index, form),
              write: (value) => form.write(`${index} words`, value),
            })}
          </div>`
        : nothing
    }
    ${error ? html`<p id="${id}-about" class="field-error">${error}</p>` : nothing}
  </fieldset>`;
}

function questionsOf(spec: Record<string, unknown>): Question[] {
  return (spec as ChoicesSpec).questions;
}

function pickedOf(index: number, form: InteractionForm): readonly string[] {
  const picked = form.value(String(index));
  return typeof picked === "object" ? picked : [];
}

function ownWords(index: number, form: InteractionForm): string {
  return String(form.value(`${index} words`) ?? "");
}
