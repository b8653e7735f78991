import { SmoothAgentElement } from "./define.js";
import { originOf } from "./embed/origin.js";
import { smoothAgentGlobal } from "./embed/smooth-agent-global.js";

SmoothAgentElement.defaultEndpoint ??= originOf(import.meta.url);
globalThis.SmoothAgent ??= smoothAgentGlobal();

export * from "./index.js";
