export { signAuthContext, type AuthContext } from "./auth/auth-context.js";
export type { AgentBehaviour, AuthLevel, ToolSetting } from "./agent/behaviour.js";
export type { Workflow, WorkflowStep } from "./agent/workflow.js";
export type { AgentConfig } from "./config/agent-setting.js";
export { defineConfig, type Config } from "./config/config.js";
export type { SmoothAgentOptions } from "./config/options.js";
export { ConfigurationError } from "./config/problems.js";
export * from "./gateway/gateway.js";
export type { AgentServer } from "./server.js";
export type { ServerLimits } from "./server-limits.js";
export { createSmoothAgent } from "./smooth-agent.js";
export type { SessionSelection } from "./store/store.js";
export { StoreOpenError } from "./store/storage-error.js";
export {
  defineTool,
  ToolError,
  type ConfirmationView,
  type JsonSchema,
  type ToolContext,
  type ToolDefinition,
} from "./tools/tool.js";
export type { Erasure } from "./turn/conversation-erasure.js";
