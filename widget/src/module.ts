import { SmoothAgentElement } from "./define.js";
import { originOf } from "./embed/origin.js";
import { smoothAgentGlobal } from "./embed/smooth-agent-global.js";

SmoothAgentElement.defaultEndpoint ??= originOf(import.meta.url);
globalThis.SmoothAgent ??= smoothAgentGlobal();

export { ClientToolError } from "./client/client-tool-error.js";
export * from "./elements/smooth-agent-events.js";
export { SmoothAgentElement };
