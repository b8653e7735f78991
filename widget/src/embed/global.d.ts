import type { SmoothAgentGlobal } from "./smooth-agent-global.js";

declare global {
  // Only `var` declares a property of globalThis.
  var SmoothAgent: SmoothAgentGlobal | undefined;
}
