export { signAuthContext, type AuthContext } from "./auth/auth-context.js";
export { defineConfig, type AgentConfig, type Config } from "./config/config.js";
export type { SmoothAgentOptions } from "./config/options.js";
export { ConfigurationError } from "./config/problems.js";
export * from "./gateway/gateway.js";
export type { AgentServer, ServerLimits } from "./server.js";
export { createSmoothAgent } from "./smooth-agent.js";
export { StoreOpenError } from "./store/storage-error.js";
export {
  defineTool,
  ToolError,
  type ConfirmationView,
  type JsonSchema,
  type ToolContext,
  type ToolDefinition,
} from "./tools/tool.js";
