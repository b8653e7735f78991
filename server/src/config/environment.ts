import { z } from "zod";
import { databaseUrl, httpUrl, isPostgres, SECRET_IS_MISSING, serverSecret } from "./setting.js";

/** The settings of the program, read from environment variables. */
export interface Environment {
  host: string;
  port: number;
  databaseUrl: string;
  openai: { apiKey?: string; baseURL?: string; model?: string };
  secret?: string;
  logLevel: string;
}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const schema = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: "must be a port number" })
    .transform(Number)
    .refine((port) => port <= 65_535, { error: "must be at most 65535" })
    .default(8787),
  DATABASE_URL: databaseUrl.default("file:./data/smooth-agent.db"),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: httpUrl.optional(),
  OPENAI_MODEL: z.string().optional(),
  SMOOTH_AGENT_SECRET: serverSecret.optional(),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(", ")}` })
    .default("info"),
});

/** Reads the environment; an empty value counts as unset. The problems name the variable, never its value. */
export function readEnvironment(
  variables: Record<string, string | undefined>,
): { ok: true; environment: Environment } | { ok: false; problems: string[] } {
  const filled = Object.entries(variables).filter(([, value]) => value?.trim());
  const given = Object.fromEntries(filled);
  const parsed = schema.safeParse(given);
  const issues = parsed.error?.issues ?? [];
  const problems = issues.map(({ path, message }) => `${path.join(".")} ${message}`);
  if (isPostgres(given["DATABASE_URL"]) && !given["SMOOTH_AGENT_SECRET"]) {
    problems.push(`SMOOTH_AGENT_SECRET ${SECRET_IS_MISSING}`);
  }
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  const { data } = parsed;
  return {
    ok: true,
    environment: {
      host: data.HOST,
      port: data.PORT,
      databaseUrl: data.DATABASE_URL,
      openai: {
        apiKey: data.OPENAI_API_KEY,
        baseURL: data.OPENAI_BASE_URL,
        model: data.OPENAI_MODEL,
      },
      secret: data.SMOOTH_AGENT_SECRET,
      logLevel: data.LOG_LEVEL,
    },
  };
}

/** The config module that the environment names; undefined when it names none. */
export function namedConfigModule(
  variables: Record<string, string | undefined>,
): string | undefined {
  return variables["SMOOTH_AGENT_CONFIG"]?.trim() || undefined;
}
