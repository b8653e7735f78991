import type { SmoothAgentElement } from "../elements/smooth-agent.js";

type Method = "open" | "close" | "toggle" | "send";

/** `SmoothAgent` of a page that uses a script tag: it drives the page's first `<smooth-agent>`. */
export type SmoothAgentGlobal = Calls & {
  /** Null until there is one. */
  readonly element: SmoothAgentElement | null;
};

/** Each is called now or later, so that none answers. */
type Calls = Record<Exclude<Method, "send">, () => void> & { send: (text: string) => void };

/** @param call what a call becomes; by default it goes to the element at once */
export function smoothAgentGlobal(
  call: (act: () => void, method: Method) => void = (act) => act(),
): SmoothAgentGlobal {
  const through =
    (method: Method) =>
    (text = ""): void =>
      call(() => void global.element?.[method](text), method);
  const global: SmoothAgentGlobal = {
    get element() {
      return document.querySelector("smooth-agent");
    },
    open: through("open"),
    close: through("close"),
    toggle: through("toggle"),
    send: through("send"),
  };
  return global;
}
