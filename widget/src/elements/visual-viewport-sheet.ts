/**
 * Tells the styles how much of the page the on-screen keyboard leaves, as `--viewport-height` and
 * `--viewport-top` on the host. A sheet of rules, because a strict host page forbids `style=`.
 */
export class VisualViewportSheet {
  readonly #sheet = new CSSStyleSheet();

  connect(root: ShadowRoot): void {
    if (!root.adoptedStyleSheets.includes(this.#sheet)) root.adoptedStyleSheets.push(this.#sheet);
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
    if (!viewport || viewport.scale > 1.01) return;
    const { height, offsetTop } = viewport;
    this.#sheet.replaceSync(
      `:host{--viewport-height:${Math.round(height)}px;--viewport-top:${Math.round(offsetTop)}px}`,
    );
  };
}
