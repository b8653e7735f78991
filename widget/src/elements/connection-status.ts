import { html, nothing, type TemplateResult } from "lit";
import { warningIcon } from "./icons.js";
import { errorText, type Strings } from "./strings.js";
import type { View } from "./view.js";

/** What the header says about the connection, in two or three words. */
export function statusLabel({ state, strings, networkUp }: View): { tone: string; text: string } {
  const { status } = state.connection;
  if (!networkUp && status !== "refused") return { tone: "warn", text: strings.offline };
  switch (status) {
    case "online":
      return { tone: "good", text: strings.online };
    case "refused":
      return { tone: "bad", text: isEnded(state) ? strings.ended : strings.refused };
    case "reconnecting":
      return { tone: "warn", text: strings.reconnecting };
    default:
      return { tone: "idle", text: strings.connecting };
  }
}

/** The strip under the header while something is wrong, with what may be done about it. */
export function connectionNotice(view: View): TemplateResult | typeof nothing {
  const { connection, transcript } = view.state;
  if (connection.status === "reconnecting") return reconnectingNotice(view, connection.retryAt);
  if (connection.status !== "refused" || transcript.length === 0) return nothing;
  return html`<div class="notice" part="notice" data-tone="bad">${refusalContent(view)}</div>`;
}

/** In place of the greeting, when the visitor was refused before anything was said. */
export function refusal(view: View): TemplateResult {
  return html`<div class="refusal" part="notice">${refusalContent(view)}</div>`;
}

function refusalContent(view: View): TemplateResult | typeof nothing {
  const { connection } = view.state;
  if (connection.status !== "refused") return nothing;
  // A create that is not valid is the page's doing, not the visitor's.
  const code = connection.error.code === "VALIDATION_ERROR" ? "NOT_SET_UP" : connection.error.code;
  const retry = () => view.conversation?.open();
  const button = html`<button type="button" class="quiet-button" @click=${retry}>
    ${view.strings[isEnded(view.state) ? "startAnew" : "tryAgain"]}
  </button>`;
  return html`${warningIcon}<span>${errorText(view.strings, code)}</span>
    ${mayTryAgain(code) ? button : nothing}`;
}

function isEnded({ connection }: View["state"]): boolean {
  return connection.status === "refused" && connection.error.code === "SESSION_NOT_FOUND";
}

/** No attempt of the visitor changes a website's or an agent's policy; signing in may help the rest. */
function mayTryAgain(code: string): boolean {
  return !["ORIGIN_NOT_ALLOWED", "AGENT_NOT_AUTHORIZED", "NOT_SET_UP"].includes(code);
}

function reconnectingNotice(view: View, retryAt: number): TemplateResult {
  const { strings, networkUp } = view;
  const detail = networkUp ? waitText(strings, retryAt - view.now) : strings.offlineDetail;
  return html`<div class="notice" part="notice" data-tone="warn">
    <span>${detail}</span>
  </div>`;
}

function waitText(strings: Strings, waitMs: number): string {
  const seconds = Math.ceil(waitMs / 1000);
  return seconds > 0 ? strings.reconnectingIn(seconds) : strings.reconnectingNow;
}
