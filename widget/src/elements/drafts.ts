import type { FieldError } from "@smooth-agent/protocol";

/** What a field of a card holds: its text, its mark, or the marks of a group. */
export type DraftValue = string | boolean | readonly string[];

/** What the visitor has entered on a card and not sent yet. */
export interface Draft {
  /** By field; absent where nothing was touched. */
  values: Readonly<Record<string, DraftValue | undefined>>;
  /** Fields that are open for a change. */
  editing: readonly string[];
  /**
   * What a card shows besides its question: the field for a reason, or the second step; under an answer
   * the field for a comment; in the composer the last question; in the panel its menu or list.
   */
  step?: "reason" | "sure" | "comment" | "edit" | "menu" | "earlier" | undefined;
  reason: string;
  remember: boolean;
  /** What the page itself found wrong, by the element ids of the fields. */
  errors: readonly FieldError[];
}

const UNTOUCHED: Draft = { values: {}, editing: [], reason: "", remember: false, errors: [] };

/** The element id of a card's field. */
export function fieldId(card: string, name: string): string {
  return encodeURIComponent(`${card}-${name}`);
}

/** What was entered on all cards: no new render, token or answer of the server loses any of it. */
export class Drafts {
  /** Counts the changes, so that what shows a draft is rendered again. */
  revision = 0;
  #drafts = new Map<string, Draft>();
  #focus: string | undefined;

  constructor(private readonly changed: () => void) {}

  of(id: string): Draft {
    return this.#drafts.get(id) ?? UNTOUCHED;
  }

  /** @param focus id of the element that takes the focus once the change is shown */
  change(id: string, change: Partial<Draft>, focus?: string): void {
    this.#drafts.set(id, { ...this.of(id), ...change });
    this.#focus = focus;
    this.revision += 1;
    this.changed();
  }

  write(id: string, name: string, value: DraftValue | undefined): void {
    const { values, errors } = this.of(id);
    const own = fieldId(id, name);
    this.change(id, {
      values: { ...values, [name]: value },
      errors: errors.filter(({ field }) => field !== own),
      step: undefined,
    });
  }

  /** The element that is to take the focus now, once. */
  takeFocus(): string | undefined {
    const focus = this.#focus;
    this.#focus = undefined;
    return focus;
  }

  clear(): void {
    this.#drafts.clear();
    this.revision += 1;
  }
}
