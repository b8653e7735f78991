import type { ReactiveController } from "lit";
import { coversPage, type SheetHost } from "./sheet.js";

/** Where an entry of the history says whose it is, beside what the page keeps there. */
const KEY = "smoothAgentSheet";

/**
 * Lets the back gesture close a sheet that the visitor opened, as it closes what covers the screen of a
 * phone: the sheet has an entry of the history, with the page's own address and state. Closed in another
 * way, it takes the entry back if that is still the current one; a page that went on meanwhile is not moved.
 */
export class BackGesture implements ReactiveController {
  #wasOpened = false;
  /** The entry of the open sheet. */
  #entry: string | undefined;
  /** An entry that is to be taken back, and the wait for what the page does as it hears of the closing. */
  #left: { entry: string; timer: ReturnType<typeof setTimeout> } | undefined;
  #isGoing = false;

  constructor(readonly host: SheetHost) {
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("popstate", this.#moved);
  }

  hostDisconnected(): void {
    window.removeEventListener("popstate", this.#moved);
    this.#isGoing = false;
  }

  hostUpdated(): void {
    const { opened } = this.host;
    if (opened === this.#wasOpened) return;
    this.#wasOpened = opened;
    if (!opened) this.#leave();
    else if (navigator.userActivation?.isActive) this.#enter();
  }

  #enter(): void {
    // Until the browser has gone back, an entry that is pushed would be the one it leaves.
    if (this.#entry || this.#isGoing || !coversPage(this.host)) return;
    const left = this.#left;
    this.#left = undefined;
    clearTimeout(left?.timer);
    if (left && isCurrent(left.entry)) {
      this.#entry = left.entry;
      return;
    }
    const state: unknown = history.state;
    // What is no object cannot carry a name beside it.
    if (typeof state !== "object" || Array.isArray(state)) return;
    this.#entry = `${Date.now()}.${Math.random()}`;
    history.pushState({ ...state, [KEY]: this.#entry }, "");
  }

  #leave(): void {
    const entry = this.#entry;
    this.#entry = undefined;
    if (!entry) return;
    const timer = setTimeout(() => {
      this.#left = undefined;
      if (!isCurrent(entry)) return;
      this.#isGoing = true;
      history.back();
    });
    this.#left = { entry, timer };
  }

  readonly #moved = (): void => {
    if (this.#isGoing) {
      this.#isGoing = false;
      this.#enter();
    } else if (this.#entry && !isCurrent(this.#entry)) {
      this.#entry = undefined;
      this.host.close();
    }
  };
}

function isCurrent(entry: string): boolean {
  const state: unknown = history.state;
  return typeof state === "object" && state !== null && KEY in state && state[KEY] === entry;
}
