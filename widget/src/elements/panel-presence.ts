import type { ReactiveController, ReactiveControllerHost } from "lit";
import { focused } from "./focused.js";
import type { ReadingPosition } from "./reading-position.js";
import {
  SmoothAgentBeforeCloseEvent,
  SmoothAgentBeforeOpenEvent,
  SmoothAgentCloseEvent,
  SmoothAgentOpenEvent,
} from "./smooth-agent-events.js";
import { VisualViewportSheet } from "./visual-viewport-sheet.js";

/** The element whose panel comes and goes. */
export interface PanelHost extends ReactiveControllerHost, HTMLElement {
  opened: boolean;
  readonly mode: "popover" | "inline" | "fullpage";
  readonly hasUpdated: boolean;
  readonly renderRoot: HTMLElement | DocumentFragment;
}

/** The panel as it comes and goes: what the browser shows of it, where the focus is, and its events. */
export class PanelPresence implements ReactiveController {
  readonly #viewport = new VisualViewportSheet();
  #wasOpened = false;
  #wasMode: string | undefined;
  #isAsking = false;
  /** What had the focus before it moved into the panel. */
  #before: Element | undefined;

  constructor(
    readonly host: PanelHost,
    readonly reading: ReadingPosition,
  ) {
    host.addController(this);
  }

  /** Opens the panel unless the page objects. The focus follows only when this is a visitor's own act. */
  open(): void {
    if (this.host.opened || !this.#mayDo(new SmoothAgentBeforeOpenEvent())) return;
    this.host.opened = true;
    this.#before = focused();
    if (navigator.userActivation?.isActive) this.#afterwards(() => this.focus());
  }

  /** Closes the panel unless the page objects; a focus inside it goes back to where it was. */
  close(): void {
    if (this.host.mode !== "popover") return;
    if (!this.host.opened || !this.#mayDo(new SmoothAgentBeforeCloseEvent())) return;
    const before = this.#before;
    const hadFocus = this.#find("#panel:focus-within") !== null;
    this.host.opened = false;
    if (hadFocus) this.#afterwards(() => this.#giveBack(before));
  }

  /** Moves the focus into the panel: to the field, or to the panel itself where that is better. */
  focus(): void {
    // On a touch screen the field would raise the keyboard over the greeting.
    const touch = matchMedia("(pointer: coarse)").matches;
    this.#find(touch ? "#panel" : "textarea:enabled, #panel:not(:has(textarea:enabled))")?.focus();
  }

  hostConnected(): void {
    if (this.host.hasUpdated) this.#present();
  }

  hostDisconnected(): void {
    this.#release();
  }

  hostUpdated(): void {
    const { opened, mode } = this.host;
    if (mode !== this.#wasMode || opened !== this.#wasOpened) this.#present();
    this.#wasMode = mode;
    if (opened === this.#wasOpened) return;
    this.#wasOpened = opened;
    this.host.dispatchEvent(opened ? new SmoothAgentOpenEvent() : new SmoothAgentCloseEvent());
  }

  /** What a listener asks for while it is asked itself is no wish of its own, and would ask for ever. */
  #mayDo(question: Event): boolean {
    if (this.#isAsking) return false;
    this.#isAsking = true;
    const mayDo = this.host.dispatchEvent(question);
    this.#isAsking = false;
    return mayDo;
  }

  /** Brings what the browser shows in line with `opened`. */
  #present(): void {
    const { host } = this;
    if (!host.isConnected) return;
    const scroller = this.#find(".scroller");
    const panel = this.#find("#panel");
    if (panel?.popover) panel.togglePopover(host.opened);
    if (!host.opened || !scroller || !host.shadowRoot) return this.#release();
    this.#viewport.connect(host.shadowRoot);
    this.reading.observe(scroller);
  }

  #release(): void {
    this.#viewport.disconnect();
    this.reading.release();
  }

  #giveBack(before: Element | undefined): void {
    if (before?.isConnected && before instanceof HTMLElement) before.focus();
    if (focused() !== before || !before) this.#find(".launcher")?.focus();
  }

  #afterwards(act: () => void): void {
    void this.host.updateComplete.then(act);
  }

  #find(selector: string): HTMLElement | null {
    return this.host.renderRoot.querySelector<HTMLElement>(selector);
  }
}
