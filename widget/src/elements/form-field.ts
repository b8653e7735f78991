import type { ArgumentInput, FieldError } from "@smooth-agent/protocol";
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { visibleCharacters } from "../markdown/visible-characters.js";
import type { DraftValue } from "./drafts.js";
import type { View } from "./view.js";

/** A field of a card, whatever asks for it. */
export interface FormField {
  /** Of the control; what is said of it stands in `${id}-about`. */
  id: string;
  type: ArgumentInput["type"] | "email" | "tel" | "date" | "time";
  value: DraftValue | undefined;
  required: boolean;
  write: (value: string | boolean) => void;
  error?: string | undefined;
  hint?: string | undefined;
  autocomplete?: string;
  options?: readonly string[] | undefined;
  minimum?: number | string | undefined;
  maximum?: number | string | undefined;
  maxLength?: number | undefined;
}

const INPUTMODES: Partial<Record<FormField["type"], "decimal" | "numeric" | "email" | "tel">> = {
  number: "decimal",
  integer: "numeric",
  email: "email",
  tel: "tel",
};

/** The control of a field, with what is wrong with it, or else what it takes. */
export function formField(field: FormField): TemplateResult {
  const { id, error, hint } = field;
  const about = error ?? hint;
  return html`${control(field, about ? `${id}-about` : nothing)}
  ${about ? html`<p id="${id}-about" class=${error ? "field-error" : "hint"}>${about}</p>` : nothing}`;
}

/** What the browser finds wrong with the controls of a form, by their ids, in the words of the chat. */
export function wrongFields(
  form: Element | null,
  words: Pick<View, "strings" | "locale">,
): FieldError[] {
  const controls = form?.querySelectorAll<HTMLInputElement>("input, select, textarea") ?? [];
  return [...controls]
    .filter(({ validity }) => !validity.valid)
    .map((control) => ({ field: control.id, message: wrongText(control, words) }));
}

function wrongText(
  { validity, type, min, max }: HTMLInputElement,
  { strings, locale }: Pick<View, "strings" | "locale">,
): string {
  if (validity.typeMismatch) return strings.wrongEmail;
  if (validity.stepMismatch) return strings.wrongWholeNumber;
  if (validity.badInput && type === "number") return strings.wrongNumber();
  if (!validity.rangeUnderflow && !validity.rangeOverflow) return strings.fillIn;
  const bound = <T>(text: string, read: (text: string) => T) => (text ? read(text) : undefined);
  const day = (text: string) =>
    new Date(`${text}T00:00`).toLocaleDateString(locale, { dateStyle: "long" });
  if (type === "number") {
    return strings.wrongNumber(strings.range(bound(min, Number), bound(max, Number)));
  }
  return strings.dayRange(bound(min, day), bound(max, day)) ?? "";
}

function control(field: FormField, about: string | typeof nothing): TemplateResult {
  const { id, type, value, required, write, options = [] } = field;
  const invalid = field.error ? "true" : nothing;
  const isMark = type === "boolean";
  const take = (event: Event) => {
    const { checked, value } = event.target as HTMLInputElement;
    write(isMark ? checked : value);
  };
  const text = typeof value === "string" ? value : "";
  if (type === "select") {
    const all = options.includes(text) ? options : [text, ...options];
    return html`<select
      id=${id}
      dir="auto"
      ?required=${required}
      aria-describedby=${about}
      aria-invalid=${invalid}
      @change=${take}
    >
      ${all.map(
        (option) =>
          html`<option value=${option} ?selected=${option === text}>${visibleCharacters(option)}</option>`,
      )}
    </select>`;
  }
  if (type === "multiline") {
    return html`<textarea
      id=${id}
      rows="3"
      dir="auto"
      maxlength=${field.maxLength ?? nothing}
      ?required=${required}
      aria-describedby=${about}
      aria-invalid=${invalid}
      .value=${live(text)}
      @input=${take}
    ></textarea>`;
  }
  return html`<input
    id=${id}
    type=${isMark ? "checkbox" : type === "integer" ? "number" : type}
    dir="auto"
    inputmode=${INPUTMODES[type] ?? nothing}
    step=${type === "number" ? "any" : nothing}
    min=${field.minimum ?? nothing}
    max=${field.maximum ?? nothing}
    maxlength=${field.maxLength ?? nothing}
    autocomplete=${field.autocomplete ?? "off"}
    ?required=${required && !isMark}
    aria-describedby=${about}
    aria-invalid=${invalid}
    .checked=${live(value === true)}
    .value=${live(text)}
    @input=${take}
  />`;
}
