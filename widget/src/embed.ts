import { SmoothAgentElement } from "./define.js";
import { mountFromScript } from "./embed/mount-from-script.js";
import { originOf } from "./embed/origin.js";
import { smoothAgentGlobal } from "./embed/smooth-agent-global.js";

globalThis.SmoothAgent ??= smoothAgentGlobal();
if (document.currentScript instanceof HTMLScriptElement) {
  SmoothAgentElement.defaultEndpoint ??= originOf(document.currentScript.src);
  mountFromScript(document.currentScript);
}
