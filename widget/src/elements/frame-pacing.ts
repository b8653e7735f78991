/** After a slow render the pause is this many times as long as it took. */
const PAUSE_PER_RENDER = 4;
const FAST_MS = 8;
const LONGEST_PAUSE_MS = 1000;
/** Between renders of a page that nobody sees. */
const HIDDEN_MS = 1000;

/** Renders once a frame, and less often while renders are slow, so that no content freezes a page. */
export class FramePacing {
  /** Whether this render had to wait, because the one before was slow. */
  isLate = false;
  #startedAt = 0;
  #notBefore = 0;
  #visibility: DocumentVisibilityState | undefined;

  /** Resolves when it is time to render; the first render does not wait. */
  async turn(waits: boolean): Promise<void> {
    const pause = this.#notBefore - performance.now();
    this.isLate = waits && pause > 0;
    if (this.isLate) await new Promise((resolve) => setTimeout(resolve, pause));
    // What a page shows as it is hidden must know so at once: it may be seen again the next moment.
    if (waits && this.#visibility === document.visibilityState) await nextFrame();
    this.#visibility = document.visibilityState;
    this.#startedAt = performance.now();
  }

  /** The render is done. */
  done(): void {
    const now = performance.now();
    const took = now - this.#startedAt;
    const pause = Math.min(LONGEST_PAUSE_MS, took * PAUSE_PER_RENDER);
    this.#notBefore = took > FAST_MS ? now + pause : 0;
  }
}

/** The next frame; of a page that is hidden, which has none, a while later, or as it comes into view or leaves it. */
function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", done);
      resolve();
    };
    const frame = requestAnimationFrame(done);
    const timer = document.visibilityState === "hidden" ? setTimeout(done, HIDDEN_MS) : undefined;
    document.addEventListener("visibilitychange", done);
  });
}
