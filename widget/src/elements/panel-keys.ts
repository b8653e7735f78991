import type { ReactiveController } from "lit";
import { focused } from "./focused.js";
import type { PanelHost } from "./panel-presence.js";

/** What a visitor does in the panel is their writing, and none of the host page's business. */
const PRIVATE = [
  ["keydown", "keyup", "keypress", "beforeinput", "input", "copy", "cut", "paste"],
  ["compositionstart", "compositionupdate", "compositionend"],
].flat();

const CONTROLS =
  "a[href],button,input,select,textarea,summary,[contenteditable],[tabindex]:not([tabindex='-1'])";

/**
 * The keys of the panel: Escape closes it, F6 leads to what waits for an answer and back, and Tab stays
 * inside while the panel covers the page. No key that is pressed inside reaches the page.
 */
export class PanelKeys implements ReactiveController {
  #panel: HTMLElement | undefined;
  #resized: ResizeObserver | undefined;
  #isModal = false;

  /**
   * @param region where things are announced; a modal panel must hold it, because it hides all else
   * @param leave closes the panel
   */
  constructor(
    readonly host: PanelHost,
    readonly region: HTMLElement,
    readonly leave: () => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener("keydown", this.#outside);
    this.#resized ??= new ResizeObserver(() => this.#measure());
    if (this.#panel) this.#resized.observe(this.#panel);
  }

  hostDisconnected(): void {
    document.removeEventListener("keydown", this.#outside);
    this.#resized?.disconnect();
  }

  hostUpdated(): void {
    const panel = this.host.renderRoot.querySelector<HTMLElement>("#panel") ?? undefined;
    if (panel === this.#panel && this.region.isConnected) return;
    this.#resized?.disconnect();
    this.#panel = panel;
    // The same listener is not added twice.
    for (const type of PRIVATE) panel?.addEventListener(type, this.#inside);
    if (panel) this.#resized?.observe(panel);
    this.#measure();
  }

  /** A panel from edge to edge is modal: nothing else can be seen. */
  #measure(): void {
    const panel = this.#panel;
    const isPopover = panel?.matches(":popover-open") ?? false;
    this.#isModal = isPopover && (panel?.offsetWidth ?? 0) >= document.documentElement.clientWidth;
    if (panel) panel.ariaModal = this.#isModal ? "true" : null;
    const holder = this.#isModal && panel ? panel : this.host.renderRoot;
    if (this.region.parentNode !== holder) holder.append(this.region);
  }

  readonly #inside = (event: Event): void => {
    // What the host put into a slot is the host's own.
    const [origin] = event.composedPath();
    const isOwn = origin instanceof Node && origin.getRootNode() === this.host.renderRoot;
    if (isOwn) event.stopPropagation();
    if (!(event instanceof KeyboardEvent) || event.type !== "keydown") return;
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape" && this.host.mode === "popover") {
      event.preventDefault();
      this.leave();
    } else if (event.key === "F6") {
      event.preventDefault();
      this.#nextQuestion();
    } else if (event.key === "Tab" && this.#isModal) this.#turn(event);
  };

  /** The focus may be nowhere, or behind a panel that covers all. */
  readonly #outside = (event: KeyboardEvent): void => {
    if (event.key !== "Tab" || !this.#isModal || event.defaultPrevented) return;
    if (this.#panel && !event.composedPath().includes(this.#panel)) this.#turn(event);
  };

  #turn(event: KeyboardEvent): void {
    const controls = this.#panel ? [...controlsIn(this.#panel)] : [];
    const place = controls.findIndex((each) => each === focused());
    const edge = event.shiftKey ? 0 : controls.length - 1;
    const isInside = this.#panel?.matches(":focus-within");
    // A press on something that takes no focus leaves the focus on the panel itself.
    if (isInside && place !== edge && !(event.shiftKey && place < 0)) return;
    event.preventDefault();
    controls.at(event.shiftKey ? -1 : 0)?.focus();
  }

  /** From question to question, then to the field, and round again. */
  #nextQuestion(): void {
    const panel = this.#panel;
    const stops = [
      ...(panel?.querySelectorAll<HTMLElement>(".card[data-open], textarea:enabled") ?? []),
    ];
    const here = stops.findIndex((stop) => stop.matches(":focus-within"));
    // The field comes last, so that the first question is reached from anywhere.
    (stops[here + 1] ?? stops[0])?.focus();
  }
}

/** What Tab reaches in a tree and in what is slotted into it, in its order. */
function* controlsIn(root: Element): Generator<HTMLElement> {
  for (const node of root.querySelectorAll<HTMLElement>(`${CONTROLS},slot`)) {
    if (!(node instanceof HTMLSlotElement)) {
      if (isReachable(node)) yield node;
      continue;
    }
    for (const slotted of node.assignedElements()) {
      if (slotted instanceof HTMLElement && slotted.matches(CONTROLS) && isReachable(slotted)) {
        yield slotted;
      }
      yield* controlsIn(slotted);
    }
  }
}

function isReachable(node: HTMLElement): boolean {
  return (
    node.tabIndex >= 0 &&
    !node.matches(":disabled") &&
    node.checkVisibility({ visibilityProperty: true })
  );
}
