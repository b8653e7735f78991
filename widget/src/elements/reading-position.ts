/** Pixels from the end that still count as being there. */
const NEAR = 40;

/**
 * Where the reader of a scroller is. At the end, they stay there as it grows; once they scroll up,
 * nothing moves what they read, neither news below nor history that is put in above.
 */
export class ReadingPosition {
  atEnd = true;
  /** Something was added below while the reader was further up. */
  hasNews = false;
  #scroller: HTMLElement | undefined;
  #observer: ResizeObserver | undefined;
  #lastTop = 0;
  #last: unknown;
  #first: string | undefined;
  #fromBottom = 0;
  #question: Element | undefined;

  /**
   * @param moved called when the reader leaves or reaches the end
   * @param atTop called when they come to the beginning
   */
  constructor(
    readonly moved: () => void,
    readonly atTop: () => void,
  ) {}

  observe(scroller: HTMLElement): void {
    if (this.#scroller === scroller) return;
    this.release();
    this.#scroller = scroller;
    scroller.addEventListener("scroll", this.#scrolled, { passive: true });
    this.#observer = new ResizeObserver(() => this.#settle());
    for (const box of [scroller, ...scroller.children]) this.#observer.observe(box);
  }

  release(): void {
    this.#observer?.disconnect();
    this.#scroller?.removeEventListener("scroll", this.#scrolled);
    this.#scroller = undefined;
  }

  /**
   * To be called before the content changes.
   *
   * @param last what it will end with; another one than before is news
   */
  note(last: unknown): void {
    const scroller = this.#scroller;
    if (last !== this.#last && !this.atEnd) this.hasNews = true;
    this.#last = last;
    if (scroller && !this.atEnd) this.#fromBottom = scroller.scrollHeight - scroller.scrollTop;
  }

  /**
   * To be called after the content changed.
   *
   * @param first what the content now begins with; another one than before means that older
   * content was put in above
   */
  keep(first: string | undefined): void {
    const scroller = this.#scroller;
    const older = this.#first !== undefined && first !== this.#first;
    this.#first = first;
    if (this.atEnd) this.#settle();
    else if (scroller && older) scroller.scrollTop = scroller.scrollHeight - this.#fromBottom;
  }

  toEnd(): void {
    this.#become(true);
    this.#settle();
  }

  #settle(): void {
    const scroller = this.#scroller;
    if (!scroller || !this.atEnd) return;
    scroller.scrollTop = scroller.scrollHeight;
    this.#lastTop = scroller.scrollTop;
    this.#showQuestion(scroller);
  }

  /** A question that is taller than the view is shown from its top, once: nobody approves its foot. */
  #showQuestion(scroller: HTMLElement): void {
    const question = scroller.querySelector("[data-open]") ?? undefined;
    if (question === this.#question) return;
    this.#question = question;
    const above =
      scroller.getBoundingClientRect().top - (question?.getBoundingClientRect().top ?? Infinity);
    if (above <= 0) return;
    this.#become(false);
    this.#lastTop = scroller.scrollTop -= above;
  }

  #scrolled = (): void => {
    const scroller = this.#scroller;
    if (!scroller) return;
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    if (scrollHeight - clientHeight - scrollTop <= NEAR) this.#become(true);
    else if (scrollTop < this.#lastTop) this.#become(false);
    this.#lastTop = scrollTop;
    if (scrollTop <= NEAR && scrollHeight > clientHeight) this.atTop();
  };

  #become(atEnd: boolean): void {
    if (this.atEnd === atEnd) return;
    this.atEnd = atEnd;
    this.hasNews = false;
    this.moved();
  }
}
