import type { Citation } from "@smooth-agent/protocol";
import { html, nothing, type TemplateResult } from "lit";
import { renderLink } from "../markdown/render-link.js";
import { visibleCharacters } from "../markdown/visible-characters.js";
import type { AgentEntry } from "../state/conversation-state.js";
import { isLive } from "../state/transcript.js";
import type { Strings } from "./strings.js";

/** As many as the protocol has. */
const MOST = 8;

/** What an ended answer says it was made from: each by its title, and where it may be opened with its host. */
export function sources(entry: AgentEntry, strings: Strings): TemplateResult | typeof nothing {
  const { id, citations = [] } = entry;
  const named = citations.flatMap((citation) => source(citation) ?? []);
  if (named.length === 0 || isLive(entry)) return nothing;
  const label = `sources-${id}`;
  return html`<div class="sources prose" part="sources">
    <p id=${label}>${strings.sources}</p>
    <ul aria-labelledby=${label}>
      ${named.slice(0, MOST).map((each) => html`<li>${each}</li>`)}
    </ul>
  </div>`;
}

/** What it is called comes from documents that anybody may have written. */
function source({ title, url = "" }: Citation): TemplateResult | undefined {
  const whole = title.trim();
  const [short = ""] = /^.{0,120}/su.exec(whole) ?? [];
  const said = visibleCharacters(short.length < whole.length ? `${short}…` : short);
  const link = /^https?:/i.test(url) ? renderLink(url, said) : undefined;
  return link ?? (said ? html`<bdi>${said}</bdi>` : undefined);
}
