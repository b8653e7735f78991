import { noChange, nothing, type TemplateResult } from "lit";
import { Directive, directive } from "lit/directive.js";

/** Remembers whether its place was open, so that what is closed costs nothing. */
export class WhileOpenedDirective extends Directive {
  #drawn: { opened: boolean; whose: readonly unknown[] } | undefined;

  /**
   * @param opened whether it is shown
   * @param whose what it belongs to: drawn for one, it is gone as soon as it is another's
   * @param draw called for every render while it is open, and once more as it closes
   * @returns nothing before it is opened; what it last was while it is closed
   */
  render(opened: boolean, whose: readonly unknown[], draw: () => TemplateResult): unknown {
    const before = this.#drawn;
    const isSame = before?.whose.every((each, index) => each === whose[index]) ?? false;
    if (!opened && !isSame) {
      this.#drawn = undefined;
      return nothing;
    }
    if (!opened && before?.opened === false) return noChange;
    this.#drawn = { opened, whose };
    return draw();
  }
}

/** Draws what can be opened and closed only while it is open. */
export const whileOpened = directive(WhileOpenedDirective);
