import { html, nothing, type TemplateResult } from "lit";
import { visibleCharacters } from "../markdown/visible-characters.js";
import { chevronIcon } from "./icons.js";
import type { View } from "./view.js";

/** The strip under the header with what need not be asked again here, each with a way to take it back. */
export function grantList({ state, strings, conversation }: View): TemplateResult | typeof nothing {
  const { grants } = state;
  if (grants.length === 0) return nothing;
  return html`<details class="grants" part="grants">
    <summary>${chevronIcon}${strings.allowedHere(grants.length)}</summary>
    <ul>
      ${grants.map(({ grantId, title, summary }) => {
        const name = visibleCharacters(title);
        const revoke = () => conversation?.revokeGrant(grantId);
        return html`<li>
          <p dir="auto"><b>${name}</b><br />${visibleCharacters(summary)}</p>
          <button type="button" class="quiet-button" aria-label=${strings.revokeGrant(name)} @click=${revoke}>
            ${strings.revoke}
          </button>
        </li>`;
      })}
    </ul>
  </details>`;
}

/** What lets a call's tool be asked for again, while it is allowed here. */
export function grantUndo(
  toolName: string,
  { state, strings, conversation }: View,
): TemplateResult | typeof nothing {
  const grant = state.grants.find((each) => each.toolName === toolName);
  if (!grant) return nothing;
  const revoke = () => conversation?.revokeGrant(grant.grantId);
  return html`<button type="button" class="link" @click=${revoke}>${strings.askAgain}</button>`;
}
