/** What takes the focus when the control that had it goes away, as Approve does once it was pressed. */
export class FocusKeeper {
  #focused: Element | null = null;
  #card: HTMLElement | null = null;

  /**
   * @param root where the controls are
   * @param fallback moves the focus when nothing near is left
   */
  constructor(
    readonly root: () => ShadowRoot | null,
    readonly fallback: () => void,
  ) {}

  /** To be called before the controls change. */
  note(): void {
    this.#focused = this.root()?.activeElement ?? null;
    this.#card = this.#focused?.closest<HTMLElement>(".card") ?? null;
  }

  /** To be called after they changed. Does nothing unless the focused one is gone. */
  keep(): void {
    const lost = this.#focused && !this.#focused.isConnected && !this.root()?.activeElement;
    if (!lost) return;
    if (this.#card?.isConnected) this.#card.focus({ preventScroll: true });
    else this.fallback();
  }
}
