export { ClientToolError } from "./client/client-tool-error.js";
export type { AuthContext, ClientTool, ClientTools } from "./client/index.js";
export { SmoothAgentElement } from "./elements/smooth-agent.js";
export * from "./elements/smooth-agent-events.js";
export { strings } from "./elements/english.js";
export type { Strings } from "./elements/strings.js";
export type * from "./state/conversation-state.js";
