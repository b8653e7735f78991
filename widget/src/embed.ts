import { define } from "./define.js";
import { mountFromScript } from "./embed/mount-from-script.js";
import { type SmoothAgentGlobal, smoothAgentGlobal } from "./embed/smooth-agent-global.js";

declare global {
  // Only `var` declares a property of globalThis.
  var SmoothAgent: SmoothAgentGlobal | undefined;
}

define();
globalThis.SmoothAgent ??= smoothAgentGlobal;
if (document.currentScript instanceof HTMLScriptElement) mountFromScript(document.currentScript);
