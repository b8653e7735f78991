import { z } from "zod";
import type { AgentFunction } from "../agent/read-behaviours.js";
import { SERVER_LIMITS, type ServerLimits } from "../server-limits.js";
import type { McpServer } from "../tools/mcp/mcp-server.js";
import type { ToolProvider } from "../tools/provided-tools.js";
import type { ToolPolicy } from "../tools/tool-policy.js";
import type { ToolDefinition } from "../tools/tool.js";
import { toolDefinitionSchema } from "../tools/tool-definition.js";
import { toolbox } from "../tools/toolbox.js";
import { isOwnTool } from "../turn/own-tool.js";
import type { OtpService } from "../auth/otp/otp-service.js";
import type { PrincipalSetting } from "../auth/principal-verifier.js";
import { agentSetting, behaviourOnlySetting, type AgentConfig } from "./agent-setting.js";
import { gatewayShape, type GatewaySettings } from "./gateway-setting.js";
import { mcpServersSetting } from "./mcp-setting.js";
import { noticesShape, type NoticeSettings } from "./notices-setting.js";
import {
  organizationsSetting,
  personaSetting,
  type OrganizationConfig,
} from "./organization-setting.js";
import { otpSetting } from "./otp-setting.js";
import { policiesSetting, type PoliciesSetting } from "./policies-setting.js";
import { principalsSetting } from "./principals-setting.js";
import { ConfigurationError } from "./problems.js";
import { trustProxy, type TrustProxy } from "./proxy-setting.js";
import { retentionSetting } from "./retention-setting.js";

/** The config module: agents, tools, and which tools ask first. */
export interface Config extends GatewaySettings, NoticeSettings {
  agents?: Record<string, AgentConfig>;
  /** How an agent behaves, asked before the database and `agents`; null for one it does not know. */
  agent?: AgentFunction;
  /** What agents without instructions are told to be like, where their organization has no persona. */
  persona?: string;
  /** What organizations have of their own. */
  organizations?: Record<string, OrganizationConfig>;
  tools?: ToolDefinition[];
  /** Names or `*` patterns of tools that ask even if they do not say so themselves. */
  confirmTools?: string[];
  /** Decides over all tools but the server's own whether a call asks, runs or is refused; before the tool does. */
  toolPolicy?: ToolPolicy;
  /** More tools, asked for whenever a turn runs. */
  toolProvider?: ToolProvider;
  /** Servers whose tools the agents may use, by the names that their tools' names begin with. */
  mcpServers?: Record<string, McpServer>;
  /** How visitors are sent one-time codes that prove who they are; none is asked for one when absent. */
  otp?: OtpService;
  /** Whether an agent id without a policy is refused; true unless this says false. */
  strict?: boolean;
  /** Days after which a conversation in which nothing happened is deleted; kept for ever when absent. */
  retentionDays?: number;
  /** The proxies whose `X-Forwarded-For` is believed, as Express's "trust proxy"; none when absent. */
  trustProxy?: TrustProxy;
  /** Where it is said who may embed an agent; `config` (the `agents` above) when absent. */
  policies?: PoliciesSetting;
  /** Who signs the tokens of the host's dashboards and servers; without it no token is good. */
  principals?: PrincipalSetting;
  /** Sessions that one auth context may open, 1 to 5; 5 when absent. */
  signatureUses?: number;
  /** Bounds and times other than the default ones; none is negative. */
  limits?: Partial<ServerLimits>;
}

/** Types a config module; checks nothing yet. */
export function defineConfig(config: Config): Config {
  return config;
}

/**
 * Checks a config module's default export.
 *
 * @throws {ConfigurationError} that lists everything wrong, unknown keys included
 */
export function readConfig(value: unknown): Config {
  const parsed = (hasPolicies(value) ? configSchema : policiesElsewhere).safeParse(value);
  if (!parsed.success) throw new ConfigurationError(parsed.error.issues.flatMap(problemsOf));
  const config: Config = parsed.data;
  const tools = config.tools ?? [];
  const problems = tools
    .filter(({ name }) => isOwnTool(name))
    .map(({ name }) => `tools: ${name} is a tool of the server's own`);
  try {
    toolbox(tools, config.confirmTools);
  } catch (error) {
    problems.push(...String(error instanceof Error ? error.message : error).split("\n"));
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return config;
}

const filled = z.string().min(1, { error: "must not be empty" });

const isFunction = (value: unknown) => typeof value === "function";
const A_FUNCTION = { error: "must be a function" };

const bound = z.number().nonnegative({ error: "must not be negative" }).optional();
const bounds = Object.fromEntries(Object.keys(SERVER_LIMITS).map((name) => [name, bound]));

const signatureUses = z
  .int({ error: "must be an integer from 1 to 5" })
  .min(1, { error: "must be at least 1" })
  .max(5, { error: "must be at most 5" });

const configSchema = z.strictObject({
  agents: z.record(filled, agentSetting).optional(),
  tools: z.array(toolDefinitionSchema).optional(),
  confirmTools: z.array(filled).optional(),
  agent: z.custom<AgentFunction>(isFunction, A_FUNCTION).optional(),
  persona: personaSetting.optional(),
  organizations: organizationsSetting.optional(),
  toolProvider: z.custom<ToolProvider>(isFunction, A_FUNCTION).optional(),
  toolPolicy: z.custom<ToolPolicy>(isFunction, A_FUNCTION).optional(),
  mcpServers: mcpServersSetting.optional(),
  otp: otpSetting.optional(),
  strict: z.boolean({ error: "must be true or false" }).optional(),
  retentionDays: retentionSetting.optional(),
  policies: policiesSetting.optional(),
  principals: principalsSetting.optional(),
  signatureUses: signatureUses.optional(),
  limits: z.strictObject(bounds).optional(),
  trustProxy: trustProxy.optional(),
  ...gatewayShape,
  ...noticesShape,
});

const policiesElsewhere = configSchema.extend({
  agents: z.record(filled, behaviourOnlySetting).optional(),
});

/** Whether the agents of a config module say themselves who may embed them. */
function hasPolicies(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("policies" in value)) return true;
  return value.policies === undefined || value.policies === "config";
}

const UNKNOWN_KEY = "is not a known setting";

/** Whether a key of the options is one of the config module's. */
export function isConfigKey(key: string): boolean {
  return Object.hasOwn(configSchema.shape, key);
}

/** What is wrong at one place, in words that name it and never show its value. */
export function problemsOf(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String).join(".");
  if (issue.code !== "unrecognized_keys") return [`${path} ${issue.message}`.trim()];
  return issue.keys.map((key) => `${path ? `${path}.` : ""}${key} ${UNKNOWN_KEY}`);
}
