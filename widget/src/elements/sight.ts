/** Watches what of the cards a person can really see. */
export class Sight {
  /** Whether the browser can tell that something lies over an element. */
  static readonly tellsCover =
    typeof IntersectionObserverEntry !== "undefined" &&
    "isVisible" in IntersectionObserverEntry.prototype;

  #observer: IntersectionObserver | undefined;
  #observed = new Map<HTMLElement, string>();
  #away = new Set<string>();

  /**
   * @param uncovered called with a row of buttons, by its `data-gate`, and whether all of it can be
   *   seen; where the browser cannot tell, never
   * @param moved called when a question comes into view or leaves it
   */
  constructor(
    private readonly uncovered: (gate: string, isUncovered: boolean) => void,
    private readonly moved: () => void,
  ) {}

  /** Whether an open question is scrolled out of view. */
  isAway(question: string): boolean {
    return this.#away.has(question);
  }

  /** To be called after every render. */
  watch(root: ParentNode): void {
    const shown = new Map(
      Array.from(root.querySelectorAll<HTMLElement>("[data-gate], [data-open]"), (node) => [
        node,
        keyOf(node),
      ]),
    );
    for (const [node, key] of this.#observed) {
      if (shown.get(node) === key) shown.delete(node);
      else this.#forget(node, key);
    }
    if (shown.size === 0) return;
    // The second version of the interface is not in the type library yet.
    const options = { trackVisibility: true, delay: 100 } as IntersectionObserverInit;
    this.#observer ??= new IntersectionObserver((entries) => this.#take(entries), options);
    for (const [node, key] of shown) {
      this.#observed.set(node, key);
      this.#observer.observe(node);
    }
  }

  release(): void {
    for (const [node, key] of this.#observed) this.#forget(node, key);
  }

  #forget(node: HTMLElement, key: string): void {
    this.#observer?.unobserve(node);
    this.#observed.delete(node);
    this.#away.delete(key);
    this.uncovered(key, false);
  }

  #take(entries: IntersectionObserverEntry[]): void {
    for (const entry of entries) {
      const { target, isIntersecting } = entry;
      const key = this.#observed.get(target as HTMLElement);
      if (key === undefined) continue;
      if (target.hasAttribute("data-gate")) {
        if (Sight.tellsCover) this.uncovered(key, "isVisible" in entry && entry.isVisible === true);
      } else if (isIntersecting === this.#away.has(key)) {
        this.#away[isIntersecting ? "delete" : "add"](key);
        this.moved();
      }
    }
  }
}

/** Spaces apart, a row of buttons and its card are told apart: no attribute of one is on the other. */
function keyOf({ dataset }: HTMLElement): string {
  return dataset["gate"] ?? dataset["question"] ?? "";
}
