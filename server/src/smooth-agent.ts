import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { agentDirectory } from "./agent/agent.js";
import { secretFromFile } from "./auth/server-secret.js";
import { sessionTokens } from "./auth/session-token.js";
import { memoryBackplane } from "./backplane/memory-backplane.js";
import { policiesOf, principalsOf } from "./config/access-parts.js";
import { behaviourSources, personasOf, toolSourcesOf, warnOfSlips } from "./config/agent-parts.js";
import { configuredAgents } from "./config/configured-agents.js";
import { readOptions, type SmoothAgentOptions } from "./config/options.js";
import { isPostgres } from "./config/setting.js";
import { deployedGateways } from "./gateway/deployed-gateways.js";
import { agentServer, type AgentServer } from "./server.js";
import { SERVER_LIMITS } from "./server-limits.js";
import { postgresStore } from "./store/postgres-store.js";
import { sqliteStore } from "./store/sqlite-store.js";
import type { Store } from "./store/store.js";
import { toolbox } from "./tools/toolbox.js";

const DEFAULT_MODEL = "gpt-4.1-mini";
const DEFAULT_ORGANIZATION = "default";

/**
 * A backend to mount on an Express app: `attach(app, server)`, then `start()`, and `drain()` to end.
 *
 * @throws {ConfigurationError} that lists everything wrong with the settings
 */
export function createSmoothAgent(options: SmoothAgentOptions = {}): AgentServer {
  const read = readOptions(options);
  const { databaseUrl = "file:./data/smooth-agent.db", openai = {}, logger = pino() } = read;
  const { agents = {}, tools = [], confirmTools = [], strict = true, signatureUses = 5 } = read;
  warnOfSlips(read, logger);
  const { budgets, organizations = {} } = read;
  const limits = { ...SERVER_LIMITS, ...read.limits };
  const store = storeOf(databaseUrl);
  const policies = policiesOf(read, store, logger);
  const defaultOrganizationId = DEFAULT_ORGANIZATION;
  return agentServer({
    store,
    backplane: memoryBackplane(),
    gateways: deployedGateways({ ...read, limits, log: logger }),
    agents: agentDirectory(
      behaviourSources(read, store, { limits, log: logger, policies, defaultOrganizationId }),
      openai.model ?? DEFAULT_MODEL,
    ),
    personas: personasOf(read, store),
    toolSources: toolSourcesOf(read, { limits, log: logger }),
    toolPolicy: read.toolPolicy,
    listeners: read,
    ...(read.otp && { otp: read.otp }),
    policies,
    principals: principalsOf(read, logger),
    configuredAgents: configuredAgents(agents, read.policies, defaultOrganizationId),
    tools: toolbox(tools, confirmTools),
    confirmTools,
    tokens: sessionTokens(read.sessionSecret ?? secretFromFile(`${fileOf(databaseUrl)}.secret`)),
    access: { strict, signatureUses, defaultOrganizationId },
    retentionDays: read.retentionDays,
    limits,
    budgets: {
      budgets,
      organizationUsd: (id) => new Map(Object.entries(organizations)).get(id)?.budgetUsd,
    },
    trustProxy: read.trustProxy,
    log: logger,
  });
}

function storeOf(databaseUrl: string): Store {
  if (isPostgres(databaseUrl)) return postgresStore({ url: databaseUrl });
  return sqliteStore({ file: fileOf(databaseUrl) });
}

/** The file that a `file:` URL of a database names. */
export function fileOf(databaseUrl: string): string {
  const [url = ""] = databaseUrl.split("?");
  return url.startsWith("file://") ? fileURLToPath(url) : resolve(url.replace(/^file:/, ""));
}
