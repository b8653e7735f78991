import type { HandOffChange } from "@smooth-agent/protocol";
import { html, nothing, type TemplateResult } from "lit";
import { visibleCharacters } from "../markdown/visible-characters.js";
import { face } from "./person-message.js";
import type { Strings } from "./strings.js";
import type { View } from "./view.js";

/** The strip under the header while a person is waited for or there, and when they have just left. */
export function handOffNotice({
  state,
  strings,
  agentName,
}: View): TemplateResult | typeof nothing {
  const { handOff } = state;
  if (!handOff) return nothing;
  const { state: stage, name } = handOff;
  const mark = stage === "active" ? face(name) : html`<i class="dot"></i>`;
  return html`<div class="notice hand-off" part="hand-off" data-tone=${stage ? "idle" : "good"}>
    ${mark}<span dir="auto">${handOffText(handOff, agentName, strings)}</span>
  </div>`;
}

/** How a hand-off stands, in one sentence. */
export function handOffText(
  { state, name }: HandOffChange,
  agentName: string,
  strings: Strings,
): string {
  if (state === null) return strings.talkingWith(agentName);
  if (state !== "active") return strings.waitingForPerson;
  return name ? strings.talkingWith(visibleCharacters(name)) : strings.talkingWithTeam;
}
