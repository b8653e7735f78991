/** Milliseconds a question must have been in view before a press on it counts. */
export const ARMING_MS = 500;

/**
 * Lets only deliberate presses through: real ones of a person, on a question that has been visible
 * long enough to be the one they meant.
 */
export class ApprovalGate {
  #visible = false;
  #seenAt = new Map<string, number>();
  #uncovered = new Set<string>();

  /**
   * @param armed called when a question may have begun to take presses
   * @param watched whether `uncover` tells when nothing lies over a question; no press counts before
   */
  constructor(
    private readonly armed: () => void = () => undefined,
    private readonly watched = false,
  ) {}

  /** Whether the visitor can see the panel; each time it comes into view, questions arm anew. */
  set visible(visible: boolean) {
    if (!visible) this.#seenAt.clear();
    this.#visible = visible;
  }

  /** The question is rendered; the first time in view counts. `now` is on the clock of `Event.timeStamp`. */
  seen(question: string, now: number): void {
    if (!this.#visible || this.#seenAt.has(question)) return;
    if (this.watched && !this.#uncovered.has(question)) return;
    this.#seenAt.set(question, now);
    // A timer may fire a little early on the clock that presses are measured by.
    setTimeout(this.armed, ARMING_MS + 20);
  }

  /** All of the question can be seen from now on, or no more; each time it can, it arms anew. */
  uncover(question: string, isUncovered: boolean, now: number): void {
    if (isUncovered) {
      this.#uncovered.add(question);
      this.seen(question, now);
    } else {
      this.#uncovered.delete(question);
      if (this.#seenAt.delete(question)) this.armed();
    }
  }

  /** Whether presses on the question count by now. */
  isArmed(question: string, now: number): boolean {
    const seenAt = this.#seenAt.get(question);
    return seenAt !== undefined && now - seenAt >= ARMING_MS;
  }

  admits(question: string, press: Pick<Event, "isTrusted" | "timeStamp">): boolean {
    return press.isTrusted && this.isArmed(question, press.timeStamp);
  }
}
