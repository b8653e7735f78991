/** What a chunk may bring besides what it exports. */
export interface LoadedChunk {
  readonly styles?: readonly string[];
  /** Words of a language, or those in English that are used with it. */
  readonly strings?: object;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** The fetching of one chunk: once, and again with growing pauses while somebody waits for it. */
export class ChunkLoad {
  /** How often it was tried in vain. */
  failures = 0;
  #chunk: LoadedChunk | undefined;
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(readonly source: () => LoadedChunk | Promise<LoadedChunk>) {}

  get chunk(): LoadedChunk | undefined {
    return this.#chunk;
  }

  /** @param changed called once there is more to tell, if the chunk is not there yet */
  ask(changed?: () => void): LoadedChunk | undefined {
    if (this.#chunk) return this.#chunk;
    if (changed) this.#waiting.add(changed);
    if (!this.#busy && this.#timer === undefined) this.#begin();
    return this.#chunk;
  }

  /** Tries again at once. */
  retry(): void {
    this.#stopTimer();
    if (!this.#chunk && !this.#busy) this.#begin();
  }

  /** Somebody waits no more; when nobody does, nothing is tried again. */
  leave(changed: () => void): void {
    this.#waiting.delete(changed);
    if (this.#waiting.size === 0) this.#stopTimer();
  }

  #begin(): void {
    const found = this.source();
    if (!(found instanceof Promise)) {
      this.#chunk = found;
      return;
    }
    this.#busy = true;
    found.then(
      (chunk) => {
        this.#chunk = chunk;
        this.failures = 0;
        this.#end();
      },
      () => {
        this.failures += 1;
        this.#end();
        const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failures - 1));
        if (this.#waiting.size > 0) this.#timer = setTimeout(() => this.retry(), pause);
      },
    );
  }

  #end(): void {
    this.#busy = false;
    for (const changed of this.#waiting) changed();
    if (this.#chunk) this.#waiting.clear();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
