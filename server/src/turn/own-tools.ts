import type { Agent } from "../agent/agent.js";
import type { GatewayTool } from "../gateway/gateway.js";
import type { ToolCallRecord, TurnWithSteps } from "../store/records.js";
import type { ToolOutcome } from "../store/store.js";
import { ToolError } from "../tools/tool.js";
import { isOwnTool, type OwnTool, type OwnToolName } from "./own-tool.js";
import type { TurnPorts } from "./ports.js";
import { reportOutcome } from "./report-outcome.js";
import { requestHumanAgent } from "./request-human-agent.js";
import { checkedArguments } from "./runnable-call.js";
import type { Scene } from "./scene.js";
import { suggestReplies } from "./suggest-replies.js";
import type { TurnEvent } from "./turn-event.js";

const TOOLS: Record<OwnToolName, OwnTool> = {
  report_outcome: reportOutcome,
  suggest_replies: suggestReplies,
  request_human_agent: requestHumanAgent,
};

/** The tools of the server's own that an agent's model is offered. */
export function ownGatewayTools(agent: Agent): GatewayTool[] {
  return Object.entries(TOOLS)
    .filter(([, tool]) => tool.isEnabled(agent))
    .map(([name, { description, schema }]) => {
      return { name, description, parameters: schema.jsonSchema };
    });
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
  const tool = isOwnTool(call.name) ? TOOLS[call.name] : undefined;
  if (!tool?.isEnabled(scene.agent)) return failure(`There is no tool named ${call.name}.`);
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
