import type { Agent } from "../agent/agent.js";
import type { TurnWithSteps } from "../store/records.js";
import type { ArgumentSchema } from "../tools/argument-schema.js";
import type { TurnPorts } from "./ports.js";
import type { Scene } from "./scene.js";
import type { TurnEvent } from "./turn-event.js";

/**
 * A tool of the server's own: offered beside the host's when the agent enables it, and run without
 * asking the visitor.
 */
export interface OwnTool {
  /** What it does, for the model. */
  description: string;
  schema: ArgumentSchema;
  isEnabled(agent: Agent): boolean;
  /**
   * Runs it. A process that dies leaves it to be run once more, which must change nothing.
   *
   * @param args checked by `schema`
   * @returns what the model is told, and what the conversation is told once that is stored
   * @throws {ToolError} what the model is told as a failure
   */
  run(
    args: Record<string, unknown>,
    turn: TurnWithSteps,
    scene: Scene,
    ports: TurnPorts,
  ): Promise<string | { result: string; events: readonly TurnEvent[] }>;
}

/**
 * The names that no tool of a host may have, and whether a call stays between model and server: no
 * visitor sees a quiet one, live or later, and a step that speaks and makes only quiet calls ends its turn.
 */
const OWN_TOOLS = {
  report_outcome: { isQuiet: true },
  suggest_replies: { isQuiet: true },
  request_human_agent: { isQuiet: false, title: "Ask for a person" },
} as const satisfies Record<string, OwnToolTraits>;

interface OwnToolTraits {
  isQuiet: boolean;
  /** What it is called for the visitor, unless it is quiet. */
  title?: string;
}

export type OwnToolName = keyof typeof OWN_TOOLS;

export function isOwnTool(name: string): name is OwnToolName {
  return Object.hasOwn(OWN_TOOLS, name);
}

export function isQuietTool(name: string): boolean {
  return isOwnTool(name) && OWN_TOOLS[name].isQuiet;
}

/** What a tool of the server's own is called for the visitor; undefined of any other tool. */
export function ownToolTitle(name: string): string | undefined {
  const traits: OwnToolTraits | undefined = isOwnTool(name) ? OWN_TOOLS[name] : undefined;
  return traits?.title;
}
