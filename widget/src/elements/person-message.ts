import { html, nothing, type TemplateResult } from "lit";
import { visibleCharacters } from "../markdown/visible-characters.js";
import type { PersonEntry } from "../state/conversation-state.js";
import { prose } from "./prose.js";
import { thinking } from "./thinking.js";
import type { View } from "./view.js";

/**
 * What a person of the host's wrote: theirs at a glance, and never to be taken for the agent's.
 *
 * @param follows whether the entry before is of the same person
 */
export function personMessage(entry: PersonEntry, view: View, follows: boolean): TemplateResult {
  const { strings } = view;
  const name = visibleCharacters(entry.name);
  const by = html`<p class="by">${face(name)}${name ? html`<b dir="auto">${name}</b>` : nothing}<span>${strings.person}</span></p>`;
  return html`<article class="person" part="person-message">
    ${follows ? html`<span class="hidden">${name || strings.person}: </span>` : by}
    <div class="prose" part="prose">${prose(entry.text, false, view) ?? thinking(view)}</div>
  </article>`;
}

/** A person's first letter in a round field: nobody's picture is loaded. */
export function face(name: string | undefined): TemplateResult | typeof nothing {
  const [first] = (name ?? "").trim();
  return first ? html`<i class="face" aria-hidden="true">${first.toUpperCase()}</i>` : nothing;
}
