import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { pino, type Logger } from "pino";
import { configuredAgents } from "./agent/agent.js";
import { configuredPolicies, type AgentPolicy } from "./auth/agent-policy.js";
import { secretFromFile } from "./auth/server-secret.js";
import { sessionTokens } from "./auth/session-token.js";
import { memoryBackplane } from "./backplane/memory-backplane.js";
import { readConfig, type AgentConfig, type Config } from "./config/config.js";
import type { Gateway } from "./gateway/gateway.js";
import { openaiGateway } from "./gateway/openai-gateway.js";
import { agentServer, SERVER_LIMITS, type AgentServer, type ServerLimits } from "./server.js";
import { sqliteStore } from "./store/sqlite-store.js";
import { toolbox } from "./tools/toolbox.js";

/** The config module's settings, and where a host's own process keeps and gets things. */
export interface SmoothAgentOptions extends Config {
  /** `file:` and a path; `file:./data/smooth-agent.db` when absent. */
  databaseUrl?: string;
  /** Signs session tokens, 32 characters or more; made and kept beside the SQLite file when absent. */
  sessionSecret?: string;
  /** The model's gateway; without an `apiKey` every message is refused with LLM_UNAVAILABLE. */
  openai?: { apiKey?: string; baseURL?: string; model?: string };
  /** A gateway of the host's own, in place of `openai`. */
  gateway?: Gateway;
  limits?: Partial<ServerLimits>;
  /** A pino logger; one on standard output at level info when absent. */
  logger?: Logger;
}

const DEFAULT_MODEL = "gpt-4.1-mini";

/**
 * A backend to mount on an Express app: `attach(app, server)`, then `start()`, and `drain()` to end.
 *
 * @throws {ConfigurationError} that lists everything wrong with the settings
 */
export function createSmoothAgent(options: SmoothAgentOptions = {}): AgentServer {
  const { databaseUrl = "file:./data/smooth-agent.db", openai = {}, logger = pino() } = options;
  const { agents = {}, tools = [], confirmTools, strict = true } = configOf(options);
  const file = fileOf(databaseUrl);
  const gateway = options.gateway ?? gatewayOf(openai);
  return agentServer({
    store: sqliteStore({ file }),
    backplane: memoryBackplane(),
    gateway,
    agents: configuredAgents(new Map(Object.entries(agents)), openai.model ?? DEFAULT_MODEL),
    policies: configuredPolicies(
      new Map(Object.entries(agents).map(([agentId, agent]) => [agentId, policyOf(agent)])),
    ),
    tools: toolbox(tools, confirmTools),
    tokens: sessionTokens(options.sessionSecret ?? secretFromFile(`${file}.secret`)),
    access: { strict, signatureUses: 5, defaultOrganizationId: "default" },
    limits: { ...SERVER_LIMITS, ...options.limits },
    log: logger,
  });
}

/** The file that a `file:` URL of a database names. */
export function fileOf(databaseUrl: string): string {
  const [url = ""] = databaseUrl.split("?");
  return url.startsWith("file://") ? fileURLToPath(url) : resolve(url.replace(/^file:/, ""));
}

function configOf({ agents, tools, confirmTools, strict }: SmoothAgentOptions): Config {
  return readConfig({ agents, tools, confirmTools, strict });
}

function policyOf(agent: AgentConfig): AgentPolicy {
  const { allowedOrigins, secret, secrets = [], public_key: publicKey, organizationId } = agent;
  const all = [secret, ...secrets, publicKey].filter((entry) => entry !== undefined);
  return { allowedOrigins, secrets: all, organizationId };
}

function gatewayOf({ apiKey, baseURL }: NonNullable<SmoothAgentOptions["openai"]>): Gateway | null {
  return apiKey ? openaiGateway({ apiKey, baseURL }) : null;
}
