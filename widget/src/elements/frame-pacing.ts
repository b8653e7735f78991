/** After a slow render the pause is this many times as long as it took. */
const PAUSE_PER_RENDER = 4;
const FAST_MS = 8;
const LONGEST_PAUSE_MS = 1000;

/** Renders once a frame, and less often while renders are slow, so that no content freezes a page. */
export class FramePacing {
  #startedAt = 0;
  #notBefore = 0;

  /** Resolves when it is time to render; the first render does not wait. */
  async turn(waits: boolean): Promise<void> {
    const pause = this.#notBefore - performance.now();
    if (waits && pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    if (waits) await nextFrame();
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

/** The next frame of a visible page; at once on a hidden one, which has no frames. */
async function nextFrame(): Promise<void> {
  if (document.visibilityState === "hidden") return;
  await new Promise((resolve) => requestAnimationFrame(resolve));
}
