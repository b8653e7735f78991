import { frozenCopy } from "../agent/plain-value.js";
import { settingOf } from "../agent/tool-setting.js";
import { faultOf } from "../log/fault.js";
import type { ToolCallRecord, TurnWithSteps } from "../store/records.js";
import type { ToolOutcome } from "../store/store.js";
import type { ConfirmationContext, ToolContext } from "../tools/tool.js";
import type { TurnPorts } from "./ports.js";
import type { RunnableCall } from "./runnable-call.js";
import { toolQuery, type Scene } from "./scene.js";
import { runTool } from "./tool-run.js";
import { NOT_RUN } from "./untold-outcome.js";

/**
 * Runs the tool of a call that was not begun: the store marks it as executing first.
 *
 * @returns `stop` when the turn was aborted meanwhile
 * @throws {ConflictError} when another process runs the turn, or the call is not to be run
 */
export async function beginTool(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  runnable: RunnableCall,
  scene: Scene,
  ports: TurnPorts,
  signal: AbortSignal,
): Promise<ToolOutcome | "stop"> {
  const started = await startTool(turn, call, ports, signal);
  if (started !== "started") return "stop";
  return execute(turn, call, runnable, contextOf(call, scene, signal), ports);
}

/**
 * Marks a call as executing, for {@link repeatTool} to run it.
 *
 * @param grantId what lets it run unasked
 * @returns `stop` when the turn was aborted meanwhile; `ungranted` when the grant has ended: nothing was
 *   changed
 * @throws {ConflictError} when another process runs the turn, or the call is not to be run
 */
export async function startTool(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  ports: TurnPorts,
  signal: AbortSignal,
  grantId?: string,
): Promise<"started" | "ungranted" | "stop"> {
  if (signal.aborted) return "stop";
  const isStarted = await ports.store.startToolCall(turn.id, ports.owner, call.id, grantId);
  if (!isStarted) return "ungranted";
  if (!signal.aborted) return "started";
  // A cancel that came while the start was stored is heard before anything runs.
  await ports.store.finishToolCall(turn.id, ports.owner, call.id, NOT_RUN_OUTCOME);
  return "stop";
}

/**
 * Runs the tool of a call that is executing: one that was just started, or, under the same key once more,
 * one that was executing when its process died.
 *
 * @returns `stop` when the turn was aborted meanwhile
 */
export async function repeatTool(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  runnable: RunnableCall,
  scene: Scene,
  ports: TurnPorts,
  signal: AbortSignal,
): Promise<ToolOutcome | "stop"> {
  return execute(turn, call, runnable, contextOf(call, scene, signal), ports);
}

async function execute(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  { tool, args }: RunnableCall,
  context: ToolContext,
  ports: TurnPorts,
): Promise<ToolOutcome | "stop"> {
  const { signal } = context;
  if (signal.aborted) return "stop";
  const { owner } = ports;
  const recorded = runTool(tool, call, args, context, ports).then(async (outcome) => {
    // What may be run again with the same key is left for the next process as it stands.
    const isHandedOver = outcome.state === "unknown" && signal.reason === HAND_OVER;
    if (!isHandedOver || !tool.definition.idempotent) {
      await ports.store.finishToolCall(turn.id, owner, call.id, outcome);
    }
    return outcome;
  });
  // A tool that ignores its signal must not hold up the cancel; its outcome is stored when it comes.
  const outcome = await unlessAborted(recorded, signal);
  if (outcome !== "stop") return outcome;
  recorded.catch((error: unknown) => {
    ports.log.error(
      { toolCallId: call.id, ...faultOf(error) },
      "outcome of a stopped tool was not stored",
    );
  });
  return "stop";
}

function contextOf(call: ToolCallRecord, scene: Scene, signal: AbortSignal): ToolContext {
  return { ...confirmationContext(call, scene), signal, idempotencyKey: call.id };
}

/** What is known of who speaks with whom before a call of a tool runs. */
export function confirmationContext(
  { name }: Pick<ToolCallRecord, "name">,
  { session, agent, userId }: Pick<Scene, "session" | "agent" | "userId">,
): ConfirmationContext {
  const { organization, ...query } = toolQuery(session, agent, userId());
  const conversation = {
    ...query.conversation,
    agentId: agent.id,
    organizationId: organization.id,
  };
  const config = frozenCopy(settingOf(agent, name).config ?? {});
  return { ...query, conversation, organization, config };
}

/** Why a turn is told to stop when its process ends: another one takes it up. */
export const HAND_OVER = "hand over";

const NOT_RUN_OUTCOME: ToolOutcome = {
  from: "executing",
  state: "failed",
  result: NOT_RUN,
  isError: true,
};

async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
): Promise<Result | "stop"> {
  if (signal.aborted) return "stop";
  let stop: () => void = () => undefined;
  const aborted = new Promise<"stop">((resolve) => (stop = () => resolve("stop")));
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    // A turn of many calls would otherwise gather one listener for each.
    signal.removeEventListener("abort", stop);
  }
}
