import { HostProperties } from "./host-properties.js";

/** Tells the styles how much of the page the on-screen keyboard leaves, as `--viewport-height` and `--viewport-top`. */
export class VisualViewportSheet {
  readonly #properties = new HostProperties();
  #root: ShadowRoot | undefined;

  connect(root: ShadowRoot): void {
    this.#root = root;
    window.visualViewport?.addEventListener("resize", this.#measure);
    window.visualViewport?.addEventListener("scroll", this.#measure);
    this.#measure();
  }

  disconnect(): void {
    window.visualViewport?.removeEventListener("resize", this.#measure);
    window.visualViewport?.removeEventListener("scroll", this.#measure);
  }

  #measure = (): void => {
    const viewport = window.visualViewport;
    // A pinch zoom shrinks the viewport too, but is no keyboard.
    if (!viewport || !this.#root || viewport.scale > 1.01) return;
    const { height, offsetTop } = viewport;
    this.#properties.set(this.#root, "--viewport-height", `${Math.round(height)}px`);
    this.#properties.set(this.#root, "--viewport-top", `${Math.round(offsetTop)}px`);
  };
}
