import { html, nothing, type TemplateResult } from "lit";
import { visibleCharacters } from "../markdown/visible-characters.js";
import type { ToolPart } from "../state/conversation-state.js";
import { humanizedName } from "./humanized-name.js";
import { checkIcon, clockIcon, crossIcon, questionIcon, spinnerIcon } from "./icons.js";
import type { Strings } from "./strings.js";
import type { View } from "./view.js";

/** One quiet line that says which tool ran and how it went. */
export function toolLine(part: ToolPart, view: View): TemplateResult {
  const { strings } = view;
  const allowed = part.decision?.by === "grant";
  return html`<p class="tool" part="tool" data-status=${part.status}>
    ${toolIcon(part)}<span dir="auto">${toolText(part, strings)}</span>
  </p>
  ${allowed ? html`<p class="tool allowed">${strings.notAsked} ${view.chunks.get("approvals")?.grantUndo(part.name, view)}</p>` : nothing}`;
}

/** The tool's title, or its name in words. */
export function toolTitle(part: ToolPart): string {
  return visibleCharacters(part.title ?? humanizedName(part.name));
}

export function toolIcon({ status }: ToolPart): TemplateResult {
  switch (status) {
    case "succeeded":
      return checkIcon;
    case "failed":
    case "denied":
      return crossIcon;
    case "expired":
    case "awaiting":
      return clockIcon;
    case "unknown":
      return questionIcon;
    default:
      return spinnerIcon;
  }
}

function toolText(part: ToolPart, strings: Strings): string {
  const title = toolTitle(part);
  switch (part.status) {
    case "succeeded":
      return strings.toolDone(title);
    case "failed":
      return strings.toolFailed(title);
    case "denied":
      return strings.toolDenied(title);
    case "expired":
      return strings.toolExpired(title);
    case "unknown":
      return strings.toolUnknown(title);
    default:
      return strings.toolRunning(title);
  }
}
