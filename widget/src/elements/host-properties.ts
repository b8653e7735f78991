/** Custom properties of an element that a sheet of rules sets, because a strict page forbids `style=`. */
export class HostProperties {
  readonly #sheet = new CSSStyleSheet();

  /** @param name that of a custom property; without a value it is taken away */
  set(root: ShadowRoot, name: string, value: string | undefined): void {
    if (!root.adoptedStyleSheets.includes(this.#sheet)) root.adoptedStyleSheets.push(this.#sheet);
    if (this.#sheet.cssRules.length === 0) this.#sheet.insertRule(":host{}");
    const [rule] = this.#sheet.cssRules;
    // A value that is set on a rule cannot end the rule and begin another.
    if (rule instanceof CSSStyleRule) rule.style.setProperty(name, value ?? "");
  }
}
