import { z } from "zod";
import { AUTH_LEVELS, type AuthLevel } from "../tools/auth-level.js";
import { levelsOf } from "./plain-value.js";
import { workflowSchema, type Workflow } from "./workflow.js";

/** What an agent says of one tool. */
export interface ToolSetting {
  /** Adds to what the tool asks for itself; the stricter of both counts. */
  authLevel?: AuthLevel;
  /** Asks the visitor before it runs, whatever the tool itself says. */
  confirm?: true;
  /** Handed to the tool as `context.config`. */
  config?: Record<string, unknown>;
}

/** How an agent behaves, as a host writes it; what is absent has its default. */
export interface AgentBehaviour {
  /** What visitors see; "Assistant" when absent. */
  name?: string;
  /** Shown by the widget before the first message; the first answer opens with a variant of it. */
  greeting?: string;
  /** Prompts the widget offers before the first message. */
  starters?: readonly string[];
  /** How it speaks. */
  personality?: string;
  /** What the model is told about its task. */
  instructions?: string;
  /** The model; the deployment's own when absent. */
  model?: string;
  /** Other models that `send_message` may ask for. */
  models?: readonly string[];
  /** 0..2; the model's own when absent. */
  temperature?: number;
  /** Upper bound of output tokens of one model step; the model's own when absent. */
  maxOutputTokens?: number;
  /** Model steps of one turn, 1..64; 20 when absent. At the last one the model answers without tools. */
  maxIterations?: number;
  /** `internal` agents are for principals of their organization alone; `public` when absent. */
  visibility?: "public" | "internal";
  /** Names or `*` patterns of the tools it may use; absent means all, empty means none. */
  tools?: readonly string[];
  /** Settings of single tools, by their names. */
  toolSettings?: Readonly<Record<string, ToolSetting>>;
  workflow?: Workflow;
  /** A fast model whose one line covers the wait for the answer; none when absent. */
  preambleModel?: string;
  /** The model that judges workflow steps; `model` when absent. */
  judgeModel?: string;
  /** The model that names conversations; the first message names them when absent. */
  titleModel?: string;
  /** Whether the model may suggest what the visitor could say next; false when absent. */
  suggestReplies?: boolean;
  /** Whether the model may report how the matter stands; false when absent. */
  reportOutcome?: boolean;
  /** Whether the model may ask for a person; false when absent. */
  handOff?: boolean;
}

const text = (most: number) =>
  z
    .string()
    .min(1, { error: "must not be empty" })
    .max(most, { error: `must be at most ${most} characters` });
const flag = z.boolean({ error: "must be true or false" });
const model = text(200);
const pattern = text(200);

/** Levels of nesting in a behaviour: what is deeper overflows whatever recurses into it. */
export const SETTING_LEVELS = 64;

/** The parts of a behaviour, each with its schema. */
export const behaviourShape = {
  name: text(200).optional(),
  greeting: text(2_000).optional(),
  starters: z.array(text(200)).max(8).optional(),
  personality: text(8_000).optional(),
  instructions: text(64_000).optional(),
  model: model.optional(),
  models: z.array(model).max(50).optional(),
  temperature: z.number().min(0).max(2).optional(),
  maxOutputTokens: z.int().min(1).max(1_000_000).optional(),
  maxIterations: z.int().min(1).max(64).optional(),
  visibility: z.enum(["public", "internal"], { error: "must be public or internal" }).optional(),
  tools: z.array(pattern).max(200).optional(),
  toolSettings: z
    .record(
      text(64),
      z.strictObject({
        authLevel: z
          .enum(AUTH_LEVELS, { error: `must be one of ${AUTH_LEVELS.join(", ")}` })
          .optional(),
        confirm: z.literal(true, { error: "must be true" }).optional(),
        config: z
          .record(z.string(), z.unknown())
          .refine((config) => Number.isFinite(levelsOf(config, SETTING_LEVELS)), {
            error: `must be at most ${SETTING_LEVELS} levels deep`,
          })
          .optional(),
      }),
    )
    .optional(),
  workflow: workflowSchema.optional(),
  preambleModel: model.optional(),
  judgeModel: model.optional(),
  titleModel: model.optional(),
  suggestReplies: flag.optional(),
  reportOutcome: flag.optional(),
  handOff: flag.optional(),
} as const;

/** A whole behaviour; an unknown key or a malformed part refuses it. */
export const behaviourSchema = z.strictObject(behaviourShape);

/** What is left of a behaviour whose malformed parts were closed. */
export interface ReadBehaviour {
  behaviour: AgentBehaviour;
  /** Where something was wrong and what, never its value. */
  problems: string[];
}

/**
 * Reads a behaviour that nobody checked when it was written: a row, or what a host's function returned.
 * A malformed part never opens anything: without its words or its tools an agent gets no tools, without
 * its visibility it is internal; of the others the default is taken.
 */
export function readBehaviour(value: unknown): ReadBehaviour {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { behaviour: CLOSED, problems: ["the behaviour must be an object"] };
  }
  const behaviour: Record<string, unknown> = {};
  const problems: string[] = [];
  let isClosed = false;
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined || part === null) continue;
    const parsed = partSchema(key).safeParse(part);
    if (parsed.success) {
      behaviour[key] = parsed.data;
      continue;
    }
    problems.push(...parsed.error.issues.map((issue) => problemOf(key, issue)));
    isClosed ||= !HARMLESS.has(key);
    if (key === "visibility") behaviour["visibility"] = "internal";
  }
  return { behaviour: isClosed ? { ...behaviour, tools: [] } : behaviour, problems };
}

/** Parts without which an agent can do no more than its host meant it to. */
const HARMLESS = new Set([
  ...["name", "greeting", "starters", "model", "models", "temperature", "maxOutputTokens"],
  ...["maxIterations", "visibility", "preambleModel", "judgeModel", "titleModel"],
  ...["suggestReplies", "reportOutcome", "handOff"],
]);

const CLOSED: AgentBehaviour = { visibility: "internal", tools: [] };

function partSchema(key: string): z.ZodType {
  if (Object.hasOwn(behaviourShape, key)) return behaviourShape[key as keyof typeof behaviourShape];
  return z.never({ error: "is not a known setting" });
}

function problemOf(key: string, { path, message }: z.core.$ZodIssue): string {
  return `${[key, ...path].map(String).join(".")} ${message}`;
}
