import type { Interaction } from "@smooth-agent/protocol";
import type { ToolCallRecord, TurnWithSteps } from "../store/records.js";
import type { ArgumentSchema } from "../tools/argument-schema.js";
import { matchesName } from "../tools/name-pattern.js";
import { INTERACTION_KINDS } from "./interaction/interaction-kinds.js";
import type { TurnPorts } from "./ports.js";
import type { Scene } from "./scene.js";
import type { TurnEvent } from "./turn-event.js";

/**
 * A tool of the server's own: offered beside the host's when the agent enables it, and run without
 * asking the visitor for leave.
 */
export interface OwnTool {
  /** What it does, for the model. */
  description: string;
  schema: ArgumentSchema;
  isEnabled(scene: Pick<Scene, "agent" | "session">): boolean;
  /**
   * The form that the turn parks on in place of running the call; null when it is to be run.
   *
   * @param args checked by `schema`
   */
  park?(
    args: Record<string, unknown>,
    call: ToolCallRecord,
    turn: TurnWithSteps,
    ports: TurnPorts,
  ): Promise<Interaction | null>;
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

interface OwnToolTraits {
  isQuiet: boolean;
  /** What it is called for the visitor, unless it is quiet. */
  title?: string;
}

const NAMED_TOOLS = {
  report_outcome: { isQuiet: true },
  suggest_replies: { isQuiet: true },
  request_human_agent: { isQuiet: false, title: "Ask for a person" },
  submit_interaction: { isQuiet: false, title: "Note the answer" },
} as const satisfies Record<string, OwnToolTraits>;

/** The tools that are no kind of form. */
export type NamedOwnTool = keyof typeof NAMED_TOOLS;

/**
 * The names that no tool of a host may have, and whether a call stays between model and server: no
 * visitor sees a quiet one, live or later, and a step that speaks and makes only quiet calls ends its turn.
 */
const OWN_TOOLS: ReadonlyMap<string, OwnToolTraits> = new Map<string, OwnToolTraits>([
  ...Object.entries(NAMED_TOOLS),
  ...INTERACTION_KINDS.map(({ tool, title }) => [tool, { isQuiet: false, title }] as const),
]);

export function isOwnTool(name: string): boolean {
  return OWN_TOOLS.has(name);
}

/** Whether a name or `*` pattern means one of them. */
export function meansOwnTool(pattern: string): boolean {
  return [...OWN_TOOLS.keys()].some((name) => matchesName(pattern, name));
}

export function isQuietTool(name: string): boolean {
  return OWN_TOOLS.get(name)?.isQuiet === true;
}

/** What a tool of the server's own is called for the visitor; undefined of any other tool. */
export function ownToolTitle(name: string): string | undefined {
  return OWN_TOOLS.get(name)?.title;
}
