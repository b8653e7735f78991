import type { DateTimeSpec } from "@smooth-agent/protocol";
import { html, nothing } from "lit";
import { formField } from "../form-field.js";
import { visibleCharacters } from "../../markdown/visible-characters.js";
import type { InteractionForm, InteractionKind } from "./interaction-kind.js";

/** A day, or a day and a time. */
export const dateTime: InteractionKind = {
  title: (spec, strings) =>
    (spec as DateTimeSpec).withTime ? strings.dateTimeTitle : strings.dateTitle,
  fields: (spec, form) => {
    const { prompt, withTime, earliest, latest } = spec as DateTimeSpec;
    return html`<p class="prompt" dir="auto">${visibleCharacters(prompt)}</p>
      <div class="form-fields">
        ${part("date", form, { minimum: earliest, maximum: latest })}
        ${withTime ? part("time", form) : nothing}
      </div>`;
  },
  values: (spec, form) => ({
    date: form.value("date") ?? "",
    ...((spec as DateTimeSpec).withTime && { time: form.value("time") ?? "" }),
  }),
  said: ({ date, time }, _spec, locale) => [
    new Date(`${String(date)}T00:00`).toLocaleDateString(locale, { dateStyle: "full" }),
    ...(typeof time === "string" ? [time] : []),
  ],
};

function part(
  name: "date" | "time",
  form: InteractionForm,
  bounds: { minimum?: string | undefined; maximum?: string | undefined } = {},
) {
  const id = form.id(name);
  return html`<div class="form-field">
    <label for=${id}>${form.strings[name]}</label>
    ${formField({
      ...bounds,
      id,
      type: name,
      required: true,
      value: form.value(name),
      error: form.error(name),
      write: (value) => form.write(name, value),
    })}
  </div>`;
}
