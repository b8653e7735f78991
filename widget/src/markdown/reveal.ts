/** What came is shown within so long. */
const LAG_MS = 120;
const FRAME_MS = 16;
/** Text that comes as often as this flows by itself, and a page whose frames come no faster is late. */
const STEADY_MS = 50;
/** More characters than these are a burst: after a pause, and in a steady flow. */
const FEW = 96;
const MANY = 160;
/** Nobody reads so many as they flow by. */
const MOST = 2000;

/** How much of a text that grows is shown: what comes in a burst flows in, instead of jumping in. */
export class Reveal {
  #text = "";
  #shown = 0;
  #grewAt = -Infinity;
  #steppedAt = 0;
  /** When everything is to be shown. */
  #due = 0;

  /**
   * @param text all that came so far
   * @param now milliseconds of a clock that never goes back
   * @param isStill whether nothing may be held back
   * @returns how many characters of it are shown now, at least as many as before, and never half of one
   */
  of(text: string, now: number, isStill: boolean): number {
    const before = this.#text;
    const isHeld = this.#shown < before.length;
    const grew = text.length > before.length;
    const goesOn = text.startsWith(before);
    const more = text.length - this.#shown;
    const few = now - this.#grewAt > STEADY_MS ? FEW : MANY;
    const begins = !isHeld && grew && more > few && more <= MOST;
    if (begins) {
      this.#steppedAt = now - FRAME_MS;
      this.#due = now + LAG_MS - FRAME_MS;
    }
    const flows = !isStill && goesOn && (begins || isHeld) && now - this.#steppedAt <= STEADY_MS;
    const left = this.#due - this.#steppedAt;
    const step = flows && now < this.#due ? (more * (now - this.#steppedAt)) / left : more;
    this.#shown = step < more ? wholeCharacters(text, this.#shown, step) : text.length;
    this.#text = text;
    if (grew) this.#grewAt = now;
    this.#steppedAt = now;
    return this.#shown;
  }
}

/** The last place up to `start + step` where no character of a text is taken apart; at least `start`. */
function wholeCharacters(text: string, start: number, step: number): number {
  const end = start + Math.ceil(step);
  const place = new Intl.Segmenter().segment(text).containing(end)?.index ?? text.length;
  return Math.max(start, place);
}
