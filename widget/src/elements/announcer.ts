import { announcement } from "./announcement.js";
import type { Strings } from "./strings.js";

/** The live region in which a screen reader hears of what happens in the open panel. */
export class Announcer {
  /** To be rendered once, and left alone. */
  readonly region = liveRegion();
  #said = "";

  /** Says what of these events is worth hearing. */
  hear(events: Event[], agentName: string, strings: Strings): void {
    const said = announcement(events, agentName, strings);
    if (!said) return;
    // The same words again are a new announcement only if the text differs.
    this.#said = said === this.#said ? `${said}\u00A0` : said;
    this.region.textContent = this.#said;
  }

  clear(): void {
    this.region.textContent = this.#said = "";
  }
}

function liveRegion(): HTMLElement {
  const region = document.createElement("div");
  region.className = "hidden";
  region.setAttribute("role", "status");
  region.setAttribute("aria-live", "polite");
  return region;
}
