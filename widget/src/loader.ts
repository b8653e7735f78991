import { firstLauncher } from "./embed/first-launcher.js";
import { mountFromScript } from "./embed/mount-from-script.js";
import { smoothAgentGlobal } from "./embed/smooth-agent-global.js";

/** The file of the module build: put in by the build. */
declare const MODULE_FILE: string;

/** Before the first try; it doubles with each. */
const PAUSE_MS = 500;
/** So often it is tried for in vain while nobody asked for the chat. */
const QUIET_TRIES = 3;

type Element = NonNullable<NonNullable<typeof SmoothAgent>["element"]>;

const launchers = new Map<Element, HTMLElement>();
const waiting: (() => void)[] = [];
let tries = 0;
let busy = false;
let timer: ReturnType<typeof setTimeout> | undefined;

globalThis.SmoothAgent ??= smoothAgentGlobal((act, method) => {
  if (isThere()) return act();
  waiting.push(act);
  if (method !== "close") load();
});

const script = document.currentScript as HTMLScriptElement;

mountFromScript(script, () => {
  if (isThere()) return;
  for (const element of document.querySelectorAll("smooth-agent")) paint(element);
  void customElements.whenDefined("smooth-agent").then(giveWay);
  addEventListener("online", load);
  if (document.readyState === "complete") whenIdle();
  else addEventListener("load", whenIdle);
});

function isThere(): boolean {
  return Boolean(customElements.get("smooth-agent"));
}

/** Where the panel stands at once, inline or on the full page, no launcher does. */
function paint(element: Element): void {
  if (element.matches("[open],[mode$=e]")) return load();
  if (element.shadowRoot) return;
  const button = firstLauncher(element);
  launchers.set(element, button);
  for (const intent of ["pointerenter", "focus"]) button.addEventListener(intent, load);
  button.addEventListener("click", () => {
    waiting.push(() => element.open());
    load();
  });
}

/** The element itself is there: it takes the launcher's place, with what was asked of it meanwhile. */
function giveWay(): void {
  for (const [element, button] of launchers) {
    void element.updateComplete.then(() => {
      const focused = element.shadowRoot?.activeElement === button;
      button.remove();
      if (focused) element.focus();
    });
  }
  for (const act of waiting) act();
}

/** Safari cannot tell when it is idle. */
function whenIdle(): void {
  (globalThis.requestIdleCallback ?? setTimeout)(load);
}

function load(): void {
  if (isThere()) return;
  if (!busy) attempt();
  show();
}

function attempt(): void {
  busy = true;
  clearTimeout(timer);
  // A browser may keep that it could not have a module, and never ask for it again.
  const url = new URL(MODULE_FILE + (tries > 0 ? `?${tries}` : ""), script.src);
  import(/* @vite-ignore */ url.href).catch(() => {
    busy = false;
    tries += 1;
    if (waiting.length > 0 || tries < QUIET_TRIES) {
      timer = setTimeout(load, PAUSE_MS * 2 ** tries);
    }
    show();
  });
}

/** A launcher that was pressed says that the chat is on its way, or that it cannot be had. */
function show(): void {
  for (const button of launchers.values()) {
    button.ariaBusy = `${busy && waiting.length > 0}`;
    if (tries > 1) button.ariaLabel = "Not loaded. Try again";
  }
}
