export { signAuthContext, type AuthContext } from "./auth/auth-context.js";
export type { AgentFunction } from "./agent/read-behaviours.js";
export type { AgentBehaviour, ToolSetting } from "./agent/behaviour.js";
export { signAuthToken } from "./auth/auth-token.js";
export type { OtpContact, OtpMessage, OtpQuery, OtpService } from "./auth/otp/otp-service.js";
export type { PolicyFunction } from "./auth/function-policies.js";
export type { PolicyEndpoint } from "./auth/http-policies.js";
export type { PolicySetting } from "./auth/policy-setting.js";
export type { PrincipalSetting } from "./auth/principal-verifier.js";
export type { PublicKey } from "./auth/public-key.js";
export type { Workflow, WorkflowStep } from "./agent/workflow.js";
export type { AgentConfig } from "./config/agent-setting.js";
export { defineConfig, type Config } from "./config/config.js";
export type { PoliciesSetting } from "./config/policies-setting.js";
export type { SmoothAgentOptions } from "./config/options.js";
export { ConfigurationError } from "./config/problems.js";
export * from "./gateway/gateway.js";
export type { GatewayKey, GatewayOf } from "./gateway/gateway-key.js";
export type { Price, Prices } from "./gateway/prices.js";
export type { AgentServer } from "./server.js";
export type { ServerLimits } from "./server-limits.js";
export type { Budgets } from "./turn/budget.js";
export { createSmoothAgent } from "./smooth-agent.js";
export type { SessionSelection } from "./store/store.js";
export { StoreOpenError } from "./store/storage-error.js";
export type { OrganizationConfig } from "./config/organization-setting.js";
export type { McpServer } from "./tools/mcp/mcp-server.js";
export type { ToolProvider } from "./tools/provided-tools.js";
export type { ToolPolicy, ToolPolicyCall, ToolVerdict } from "./tools/tool-policy.js";
export type { FeedbackNotice, Notice, NoticeType, QuestionNotice } from "./notice/notice.js";
export type { FeedbackListener, QuestionListener } from "./notice/notices.js";
export type { WebhookSetting } from "./notice/webhook.js";
export type { ToolQuery } from "./tools/tool-source.js";
export type { AuthLevel } from "./tools/auth-level.js";
export {
  defineTool,
  ToolError,
  type ConfirmationContext,
  type ConfirmationDecision,
  type ConfirmationView,
  type JsonSchema,
  type ToolContext,
  type ToolDefinition,
  type Visitor,
} from "./tools/tool.js";
export type { Erasure } from "./turn/conversation-erasure.js";
