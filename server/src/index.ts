export { signAuthContext, type AuthContext } from "./auth/auth-context.js";
export { defineConfig, type AgentConfig, type Config } from "./config/config.js";
export { ConfigurationError } from "./config/problems.js";
export * from "./gateway/gateway.js";
export type { AgentServer, ServerLimits } from "./server.js";
export { createSmoothAgent, type SmoothAgentOptions } from "./smooth-agent.js";
export {
  defineTool,
  ToolError,
  type ConfirmationView,
  type JsonSchema,
  type ToolContext,
  type ToolDefinition,
} from "./tools/tool.js";
