/** Milliseconds a question must have been in view before a press on it counts. */
export const ARMING_MS = 500;

/**
 * Lets only deliberate presses through: real ones of a person, on a question that has been visible
 * long enough to be the one they meant.
 */
export class ApprovalGate {
  #visible = false;
  #seenAt = new Map<string, number>();

  /** @param armed called when a question may have begun to take presses */
  constructor(private readonly armed: () => void = () => undefined) {}

  /** Whether the visitor can see the panel; each time it comes into view, questions arm anew. */
  set visible(visible: boolean) {
    if (!visible) this.#seenAt.clear();
    this.#visible = visible;
  }

  /** The question is rendered; the first time in view counts. `now` is on the clock of `Event.timeStamp`. */
  seen(toolCallId: string, now: number): void {
    if (!this.#visible || this.#seenAt.has(toolCallId)) return;
    this.#seenAt.set(toolCallId, now);
    // A timer may fire a little early on the clock that presses are measured by.
    setTimeout(this.armed, ARMING_MS + 20);
  }

  /** Whether presses on the question count by now. */
  isArmed(toolCallId: string, now: number): boolean {
    const seenAt = this.#seenAt.get(toolCallId);
    return seenAt !== undefined && now - seenAt >= ARMING_MS;
  }

  admits(toolCallId: string, press: Pick<Event, "isTrusted" | "timeStamp">): boolean {
    return press.isTrusted && this.isArmed(toolCallId, press.timeStamp);
  }
}
