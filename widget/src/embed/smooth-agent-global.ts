import type { SmoothAgentElement } from "../elements/smooth-agent.js";

const METHODS = [
  "open",
  "close",
  "toggle",
  "send",
  "focus",
  "login",
  "logout",
  "reset",
  "forget",
] as const;

type Method = (typeof METHODS)[number];

/** `SmoothAgent` of a page that uses a script tag: it drives the page's first `<smooth-agent>`. */
export type SmoothAgentGlobal = {
  /** Null until there is one. */
  readonly element: SmoothAgentElement | null;
} & {
  [Name in Method]: (...given: Parameters<SmoothAgentElement[Name]>) => void;
};

/** @param call what a call becomes; by default it goes to the element at once */
export function smoothAgentGlobal(
  call: (act: () => void, method: Method) => void = (act) => act(),
): SmoothAgentGlobal {
  const global = {
    get element() {
      return document.querySelector("smooth-agent");
    },
  };
  for (const method of METHODS) {
    const through = (given: never) => call(() => void global.element?.[method](given), method);
    Object.assign(global, { [method]: through });
  }
  // The loop has given it every one of them.
  return global as SmoothAgentGlobal;
}
