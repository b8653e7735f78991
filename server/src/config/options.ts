import type { Logger } from "pino";
import { z } from "zod";
import type { Gateway } from "../gateway/gateway.js";
import { isConfigKey, readConfig, problemsOf, type Config } from "./config.js";
import { ConfigurationError } from "./problems.js";
import { databaseUrl, httpUrl, isPostgres, SECRET_IS_MISSING, serverSecret } from "./setting.js";

/** The config module's settings, and where a host's own process keeps and gets things. */
export interface SmoothAgentOptions extends Config {
  /** `file:` and a path, or `postgresql://…`; `file:./data/smooth-agent.db` when absent. */
  databaseUrl?: string;
  /**
   * Signs session tokens, 32 characters or more; made and kept beside the SQLite file when absent.
   * Required with PostgreSQL.
   */
  sessionSecret?: string;
  /** The model's gateway; without an `apiKey` every message is refused with LLM_UNAVAILABLE. */
  openai?: { apiKey?: string; baseURL?: string; model?: string };
  /** A gateway of the host's own, in place of `openai`. */
  gateway?: Gateway;
  /** A pino logger; one on standard output at level info when absent. */
  logger?: Logger;
}

/**
 * Checks what a host gave.
 *
 * @throws {ConfigurationError} that lists everything wrong, unknown keys included; values are not shown
 */
export function readOptions(options: SmoothAgentOptions): SmoothAgentOptions {
  const entries = Object.entries(options);
  const given = Object.fromEntries(entries.filter(([key]) => isConfigKey(key)));
  const own: Omit<SmoothAgentOptions, keyof Config> = Object.fromEntries(
    entries.filter(([key]) => !isConfigKey(key)),
  );
  const parsed = ownSchema.safeParse(own);
  const problems = parsed.error?.issues.flatMap(problemsOf) ?? [];
  if (isPostgres(options.databaseUrl) && options.sessionSecret === undefined) {
    problems.push(`sessionSecret ${SECRET_IS_MISSING}`);
  }
  try {
    const config = readConfig(given);
    if (problems.length === 0) return { ...own, ...config };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
  }
  throw new ConfigurationError(problems);
}

const ownSchema = z.strictObject({
  databaseUrl: databaseUrl.optional(),
  sessionSecret: serverSecret.optional(),
  openai: z
    .strictObject({
      apiKey: z.string().optional(),
      baseURL: httpUrl.optional(),
      model: z.string().optional(),
    })
    .optional(),
  gateway: z
    .custom<Gateway>((value) => typeof value === "object" && value !== null && "stream" in value, {
      error: "must be a Gateway",
    })
    .optional(),
  logger: z.custom<Logger>((value) => typeof value === "object").optional(),
});
