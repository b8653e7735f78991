import { SmoothAgentElement } from "./elements/smooth-agent.js";

/**
 * Registers `<smooth-agent>`. Where the name is taken already, by another copy or version of this
 * script, that one stays; outside of a browser nothing happens.
 */
export function define(): void {
  if (typeof customElements === "undefined") return;
  if (!customElements.get("smooth-agent"))
    customElements.define("smooth-agent", SmoothAgentElement);
}

define();

declare global {
  interface HTMLElementTagNameMap {
    "smooth-agent": SmoothAgentElement;
  }
}

export { SmoothAgentElement };
