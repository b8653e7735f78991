import { argumentSchema, type ArgumentSchema } from "./argument-schema.js";
import type { AuthLevel } from "./auth-level.js";
import { matchesAny, matchesName } from "./name-pattern.js";
import type { ToolDefinition } from "./tool.js";

/** A tool ready to be offered, checked and run. */
export interface Tool {
  definition: ToolDefinition;
  title: string;
  schema: ArgumentSchema;
  /** Whether the visitor is asked before it runs. */
  gated: boolean;
  /** Who may have it run. */
  authLevel: AuthLevel;
}

/** The tools of a deployment, by name. */
export type Toolbox = ReadonlyMap<string, Tool>;

/**
 * @param confirmTools names or `*` patterns of tools that ask even if they do not say so themselves
 * @throws one error that lists everything wrong with the definitions
 */
export function toolbox(
  definitions: readonly ToolDefinition[],
  confirmTools: readonly string[] = [],
): Toolbox {
  const tools = new Map<string, Tool>();
  const problems: string[] = [];
  for (const definition of definitions) {
    const { name } = definition;
    if (tools.has(name)) problems.push(`tools: two tools are named ${name}`);
    try {
      tools.set(name, readyTool(definition, confirmTools));
    } catch (error) {
      problems.push(`tools: ${name}: ${error instanceof Error ? error.message : "is not valid"}`);
    }
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return tools;
}

/**
 * @param schema that of its parameters, when it was read before
 * @throws when the tool's parameters are no schema of an object
 */
export function readyTool(
  definition: ToolDefinition,
  confirmTools: readonly string[],
  schema: ArgumentSchema = argumentSchema(definition.parameters),
): Tool {
  const { name, title, authLevel = "none", confirm } = definition;
  return {
    definition,
    title: title ?? titleOf(name),
    schema,
    gated: confirm !== undefined || matchesAny(confirmTools, name),
    authLevel,
  };
}

/** Patterns that mean no tool at all: most likely a slip, and a write that would run unasked. */
export function unmatchedPatterns(
  definitions: readonly ToolDefinition[],
  patterns: readonly string[],
): string[] {
  return patterns.filter((pattern) => !definitions.some(({ name }) => matchesName(pattern, name)));
}

/** `issue_refund` → `Issue refund`. */
export function titleOf(name: string): string {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/[_-]+/g, " ")
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
