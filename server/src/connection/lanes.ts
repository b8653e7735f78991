/**
 * Runs work in order per key and at once across keys, so that a slow create does not hold up the
 * cancel of another conversation, and a cancel never overtakes the send before it.
 */
export class Lanes {
  readonly #ends = new Map<string, Promise<void>>();
  #waiting = 0;

  /** Pieces of work that have not ended. */
  get size(): number {
    return this.#waiting;
  }

  /** @param work must not reject */
  run(key: string, work: () => Promise<void>): void {
    this.#follow(key, this.#ends.get(key) ?? Promise.resolve(), work);
  }

  /** Runs behind everything that is waiting now, but for what waits under one key. */
  runAfterAll(work: () => Promise<void>, except?: string): void {
    const ends = [...this.#ends].filter(([key]) => key !== except).map(([, end]) => end);
    this.#follow("*", Promise.all(ends), work);
  }

  #follow(key: string, before: Promise<unknown>, work: () => Promise<void>): void {
    this.#waiting += 1;
    const end = before.then(work).finally(() => {
      this.#waiting -= 1;
      if (this.#ends.get(key) === end) this.#ends.delete(key);
    });
    this.#ends.set(key, end);
  }
}
