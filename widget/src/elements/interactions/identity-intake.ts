import type { IdentitySpec } from "@smooth-agent/protocol";
import { html, nothing } from "lit";
import { visibleCharacters } from "../../markdown/visible-characters.js";
import { formField } from "../form-field.js";
import type { InteractionKind } from "./interaction-kind.js";

const TYPES = {
  name: { type: "text", autocomplete: "name" },
  email: { type: "email", autocomplete: "email" },
  phone: { type: "tel", autocomplete: "tel" },
} as const;

/** Name, e-mail address and phone number, as far as they are asked for. */
export const identityIntake: InteractionKind = {
  title: (_, strings) => strings.identityTitle,
  fields: (spec, form) =>
    html`${fieldsOf(spec).map(({ key, required, label }) => {
      const id = form.id(key);
      const { strings } = form;
      return html`<div class="form-field">
        <label for=${id} dir="auto"
          >${visibleCharacters(label ?? strings.identityFields[key])}${
            required ? nothing : html` <span class="hint">${strings.optional}</span>`
          }</label
        >
        ${formField({
          ...TYPES[key],
          id,
          required,
          value: form.value(key),
          error: form.error(key),
          write: (value) => form.write(key, value),
        })}
      </div>`;
    })}`,
  values: (spec, form) =>
    Object.fromEntries(
      fieldsOf(spec).flatMap(({ key }) => {
        const value = form.value(key);
        return typeof value === "string" && value.trim() !== "" ? [[key, value.trim()]] : [];
      }),
    ),
  said: ({ name, email, phone }) =>
    [name, email, phone].filter((value) => typeof value === "string"),
};

function fieldsOf(spec: Record<string, unknown>): IdentitySpec["fields"] {
  return (spec as IdentitySpec).fields.filter(({ key }) => Object.hasOwn(TYPES, key));
}
