import type { Interaction } from "@smooth-agent/protocol";
import type { GatewayTool } from "../gateway/gateway.js";
import type { ToolCallRecord, TurnWithSteps } from "../store/records.js";
import type { ToolOutcome } from "../store/store.js";
import { ToolError } from "../tools/tool.js";
import { INTERACTION_KINDS } from "./interaction/interaction-kinds.js";
import { kindTool } from "./interaction/kind-tool.js";
import { submitInteractionTool } from "./interaction/submit-interaction-tool.js";
import type { NamedOwnTool, OwnTool } from "./own-tool.js";
import type { TurnPorts } from "./ports.js";
import { reportOutcome } from "./report-outcome.js";
import { requestHumanAgent } from "./request-human-agent.js";
import { checkedArguments } from "./runnable-call.js";
import type { Scene } from "./scene.js";
import { suggestReplies } from "./suggest-replies.js";
import type { TurnEvent } from "./turn-event.js";

const NAMED: Record<NamedOwnTool, OwnTool> = {
  report_outcome: reportOutcome,
  suggest_replies: suggestReplies,
  request_human_agent: requestHumanAgent,
  submit_interaction: submitInteractionTool,
};

const TOOLS: ReadonlyMap<string, OwnTool> = new Map([
  ...Object.entries(NAMED),
  ...INTERACTION_KINDS.map((kind) => [kind.tool, kindTool(kind)] as const),
]);

/** The tools of the server's own that the model is offered. */
export function ownGatewayTools(scene: Pick<Scene, "agent" | "session">): GatewayTool[] {
  return [...TOOLS]
    .filter(([, tool]) => tool.isEnabled(scene))
    .map(([name, { description, schema }]) => {
      return { name, description, parameters: schema.jsonSchema };
    });
}

/** The form that the turn parks on in place of running a call; null when the call is to be run. */
export async function formOf(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  scene: Scene,
  ports: TurnPorts,
): Promise<Interaction | null> {
  const tool = TOOLS.get(call.name);
  if (!tool?.park || !tool.isEnabled(scene)) return null;
  const checked = await checkedArguments(call, tool.schema);
  return "refusal" in checked ? null : tool.park(checked.args, call, turn, ports);
}

/** Runs a call of a tool of the server's own, stores what became of it, and tells what it tells. */
export async function* runOwnTool(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  scene: Scene,
  ports: TurnPorts,
): AsyncGenerator<TurnEvent, ToolOutcome> {
  const { events = [], ...ended } = await outcomeOf(turn, call, scene, ports);
  const outcome: ToolOutcome = { ...ended, from: call.state };
  await ports.store.finishToolCall(turn.id, ports.owner, call.id, outcome);
  yield* events;
  return outcome;
}

async function outcomeOf(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  scene: Scene,
  ports: TurnPorts,
): Promise<Omit<ToolOutcome, "from"> & { events?: readonly TurnEvent[] }> {
  const tool = TOOLS.get(call.name);
  if (!tool?.isEnabled(scene)) return failure(`There is no tool named ${call.name}.`);
  const checked = await checkedArguments(call, tool.schema);
  if ("refusal" in checked) return failure(checked.refusal);
  try {
    const told = await tool.run(checked.args, turn, scene, ports);
    const { result, events } = typeof told === "string" ? { result: told, events: [] } : told;
    return { state: "succeeded", result, isError: false, events };
  } catch (error) {
    if (error instanceof ToolError) return failure(error.message);
    throw error;
  }
}

function failure(result: string): Omit<ToolOutcome, "from"> {
  return { state: "failed", result, isError: true };
}
