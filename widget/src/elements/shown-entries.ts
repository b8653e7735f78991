import type { TranscriptEntry } from "../state/conversation-state.js";

/** So many are drawn at first, and so many more each time the reader comes to the beginning of them. */
const STEP = 50;

/** Which entries of a long transcript are drawn: its end, and what the reader went back to. */
export class ShownEntries {
  #transcript: readonly TranscriptEntry[] = [];
  #start = 0;

  /** Whether there are earlier ones. */
  get hasMore(): boolean {
    return this.#start > 0;
  }

  /** The first that is drawn. */
  get first(): TranscriptEntry | undefined {
    return this.#transcript[this.#start];
  }

  /**
   * To be called before they are drawn.
   *
   * @param atEnd whether the reader is there: only then is taken away what is far above
   */
  of(transcript: readonly TranscriptEntry[], atEnd: boolean): readonly TranscriptEntry[] {
    this.#start = this.#begin(transcript);
    this.#transcript = transcript;
    if (atEnd && transcript.length - this.#start > 2 * STEP) this.#start = transcript.length - STEP;
    return this.#start === 0 ? transcript : transcript.slice(this.#start);
  }

  /** Draws earlier ones too, the next time. Returns false when there are none. */
  more(): boolean {
    if (this.#start === 0) return false;
    this.#start = Math.max(0, this.#start - STEP);
    return true;
  }

  /** Where what was drawn first is now; the beginning where all was drawn, or it is gone. */
  #begin(transcript: readonly TranscriptEntry[]): number {
    const { first } = this;
    if (this.#start === 0 || !first) return 0;
    const isFirst = (entry: TranscriptEntry | undefined) =>
      entry?.id === first.id && entry.kind === first.kind;
    if (isFirst(transcript[this.#start])) return this.#start;
    return Math.max(0, transcript.findIndex(isFirst));
  }
}
