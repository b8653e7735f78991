import type { SmoothAgentElement } from "../elements/smooth-agent.js";

/** `SmoothAgent` of a page that uses the script tag: it drives the page's first `<smooth-agent>`. */
export interface SmoothAgentGlobal {
  /** Null until there is one. */
  readonly element: SmoothAgentElement | null;
  open(): void;
  close(): void;
  toggle(): void;
  /** Sends a message in the visitor's name. */
  send(text: string): void;
}

export const smoothAgentGlobal: SmoothAgentGlobal = {
  get element() {
    return document.querySelector<SmoothAgentElement>("smooth-agent");
  },
  open: () => smoothAgentGlobal.element?.open(),
  close: () => smoothAgentGlobal.element?.close(),
  toggle: () => smoothAgentGlobal.element?.toggle(),
  send: (text) => smoothAgentGlobal.element?.send(text),
};
