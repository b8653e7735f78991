import type { ReactiveController, ReactiveControllerHost } from "lit";
import { HostProperties } from "./host-properties.js";

/** An element with an accent of its own. */
export interface AccentHost extends ReactiveControllerHost, Element {
  readonly accent: string | undefined;
}

/**
 * Hands the element's `accent` to the styles, which compute the theme from it (`tokens.css`). What is no
 * colour is as if it were not there.
 */
export class Accent implements ReactiveController {
  readonly #properties = new HostProperties();
  #shown: string | undefined;

  constructor(readonly host: AccentHost) {
    host.addController(this);
    registerBrand();
  }

  hostUpdated(): void {
    const { accent, shadowRoot } = this.host;
    if (accent === this.#shown || !shadowRoot) return;
    this.#shown = accent;
    const isColor = accent && CSS.supports("color", accent);
    this.#properties.set(shadowRoot, "--given-accent", isColor ? accent : undefined);
  }
}

/** As a registered colour, a value that is none falls back to the initial one instead of to nothing. */
function registerBrand(): void {
  try {
    CSS.registerProperty({
      name: "--smooth-agent-brand",
      syntax: "<color>",
      inherits: false,
      initialValue: "#0d6a5f",
    });
  } catch {
    // Another widget on the page has done it.
  }
}
