/** Joins characters that a provider cut between two deltas: half an emoji is held until its rest. */
export class WholeCharacters {
  #half = "";

  /** The text that can be shown now; may be empty. */
  take(text: string): string {
    const all = this.#half + text;
    const last = all.charCodeAt(all.length - 1);
    const cut = last >= 0xd800 && last <= 0xdbff ? all.length - 1 : all.length;
    this.#half = all.slice(cut);
    return all.slice(0, cut).toWellFormed();
  }

  /** What is left at the end: a replacement character for a half that never got its rest. */
  rest(): string {
    const rest = this.#half.toWellFormed();
    this.#half = "";
    return rest;
  }
}
