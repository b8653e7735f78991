import { z } from "zod";
import { SERVER_LIMITS, type ServerLimits } from "../server-limits.js";
import type { ToolDefinition } from "../tools/tool.js";
import { toolbox } from "../tools/toolbox.js";
import { isOwnTool } from "../turn/own-tool.js";
import { agentSetting, type AgentConfig } from "./agent-setting.js";
import { ConfigurationError } from "./problems.js";
import { retentionSetting } from "./retention-setting.js";

/** The config module: agents, tools, and which tools ask first. */
export interface Config {
  agents?: Record<string, AgentConfig>;
  tools?: ToolDefinition[];
  /** Names or `*` patterns of tools that ask even if they do not say so themselves. */
  confirmTools?: string[];
  /** Whether an agent id without a policy is refused; true unless this says false. */
  strict?: boolean;
  /** Days after which a conversation in which nothing happened is deleted; kept for ever when absent. */
  retentionDays?: number;
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
  const parsed = configSchema.safeParse(value);
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

const aFunction = z.custom<(...args: never[]) => unknown>((value) => typeof value === "function", {
  error: "must be a function",
});

const toolSchema = z.strictObject({
  name: z.string().regex(/^[\w-]{1,64}$/, {
    error: "must be 1 to 64 letters, digits, _ or -",
  }),
  title: filled.optional(),
  description: filled,
  parameters: z.looseObject({}).optional(),
  confirm: z
    .union([z.literal(true), aFunction], { error: "must be true or a function" })
    .optional(),
  idempotent: z.boolean().optional(),
  timeoutMs: z.int().min(1).optional(),
  confirmationMs: z.int().min(1).optional(),
  execute: aFunction,
});

const bound = z.number().nonnegative({ error: "must not be negative" }).optional();
const bounds = Object.fromEntries(Object.keys(SERVER_LIMITS).map((name) => [name, bound]));

const configSchema = z.strictObject({
  agents: z.record(filled, agentSetting).optional(),
  // The definition itself is kept: a parsed copy would lose the prototype of a zod schema.
  tools: z.array(z.custom<ToolDefinition>().superRefine(checkTool)).optional(),
  confirmTools: z.array(filled).optional(),
  strict: z.boolean({ error: "must be true or false" }).optional(),
  retentionDays: retentionSetting.optional(),
  limits: z.strictObject(bounds).optional(),
});

const UNKNOWN_KEY = "is not a known setting";

function checkTool(value: unknown, context: z.RefinementCtx): void {
  for (const issue of toolSchema.safeParse(value).error?.issues ?? []) {
    // The place comes before the message when the whole is told, so that it is not part of it here.
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [undefined];
    for (const key of keys) {
      const path = key === undefined ? issue.path : [...issue.path, key];
      const message = key === undefined ? issue.message : UNKNOWN_KEY;
      context.addIssue({ code: "custom", path, message, input: value });
    }
  }
}

/** What is wrong at one place, in words that name it and never show its value. */
export function problemsOf(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String).join(".");
  if (issue.code !== "unrecognized_keys") return [`${path} ${issue.message}`.trim()];
  return issue.keys.map((key) => `${path ? `${path}.` : ""}${key} ${UNKNOWN_KEY}`);
}
