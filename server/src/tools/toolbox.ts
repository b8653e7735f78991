import { argumentInput } from "./argument-input.js";
import { argumentSchema, type ArgumentSchema } from "./argument-schema.js";
import { strictest, type AuthLevel } from "./auth-level.js";
import { matchesAny, matchesName } from "./name-pattern.js";
import { titleOf } from "./title.js";
import type { ToolDefinition } from "./tool.js";

/** A tool ready to be offered, checked and run. */
export interface Tool {
  definition: ToolDefinition;
  title: string;
  schema: ArgumentSchema;
  /** Whether it may ask before it runs: because it says so itself, or because somebody else does. */
  gated: boolean;
  /** Whether somebody else says so, and it asks whatever it decides itself. */
  alwaysAsks: boolean;
  /** Who may have it run. */
  authLevel: AuthLevel;
  /** Whether the visitor's page runs it, and not the server. */
  isOfPage?: true;
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
 * @throws when the tool's parameters are no schema of an object, or have not what it calls editable
 */
export function readyTool(
  definition: ToolDefinition,
  confirmTools: readonly string[],
  schema: ArgumentSchema = argumentSchema(definition.parameters),
): Tool {
  const { name, title, authLevel, confirm, risk, stepUp, approver, editable = [] } = definition;
  const fixed = editable.find((argument) => argumentInput(schema.jsonSchema, argument) === null);
  if (fixed !== undefined) {
    throw new Error(`editable: ${fixed} is no text, number, boolean or choice of its parameters`);
  }
  const alwaysAsks = matchesAny(confirmTools, name);
  return {
    definition,
    title: title ?? titleOf(name),
    schema,
    // What is left to the team would run without them otherwise.
    gated: confirm !== undefined || risk === "high" || approver === "team" || alwaysAsks,
    alwaysAsks,
    // Nobody vouches for an anonymous visitor, before the question or after it.
    authLevel: strictest(authLevel, stepUp ? "end_user" : undefined),
  };
}

/** Patterns that mean no tool at all: most likely a slip, and a write that would run unasked. */
export function unmatchedPatterns(
  definitions: readonly ToolDefinition[],
  patterns: readonly string[],
): string[] {
  return patterns.filter((pattern) => !definitions.some(({ name }) => matchesName(pattern, name)));
}
