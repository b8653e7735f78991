/** What takes the focus when the control that had it goes away, as Approve does once it was pressed. */
export class FocusKeeper {
  #focused: Element | null = null;
  #card: HTMLElement | null = null;
  #wasWrong = false;

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
    this.#wasWrong = this.#wrong() !== undefined;
  }

  /**
   * To be called after they changed. Does nothing unless the focused one is gone, or something on its
   * card turned out to be wrong.
   *
   * @param wanted id of the control that is to have the focus
   */
  keep(wanted?: string): void {
    const next = wanted && this.root()?.getElementById(wanted);
    if (next) return next.focus();
    const lost = this.#focused && !this.#focused.isConnected && !this.root()?.activeElement;
    const wrong = this.#wasWrong ? undefined : this.#wrong();
    if (wrong) wrong.focus();
    else if (!lost) return;
    else if (this.#card?.isConnected) this.#card.focus({ preventScroll: true });
    else this.fallback();
  }

  #wrong(): HTMLElement | undefined {
    return this.#card?.querySelector<HTMLElement>("[aria-invalid=true]") ?? undefined;
  }
}
