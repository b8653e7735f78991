import { isDeepStrictEqual } from "node:util";
import {
  streamToolCall,
  streamToolResult,
  writeConfirmationRequired,
  type Confirmation,
} from "@smooth-agent/protocol";
import { faultOf } from "../log/fault.js";
import type { ToolCallRecord, TurnWithSteps } from "../store/records.js";
import type { ToolOutcome } from "../store/store.js";
import type { ToolContext } from "../tools/tool.js";
import type { Tool } from "../tools/toolbox.js";
import type { TurnPorts } from "./ports.js";
import { asJson, questionOf } from "./question.js";
import { parseJson, shownArguments, storedConfirmation, toolResultChunk } from "./tool-call.js";
import { OUTCOME_UNKNOWN, runTool } from "./tool-run.js";
import { NO_ANSWER, NOT_RUN } from "./untold-outcome.js";
import type { TurnEvent } from "./turn-event.js";

/**
 * Brings the tool calls of the last step to an outcome, one after the other, from whatever state each
 * is in: it is run, refused, told as unknown, or parked for the visitor.
 *
 * @returns `stop` when the turn parked or was aborted while a tool ran
 */
export async function* settleToolCalls(
  turn: TurnWithSteps,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, "settled" | "stop"> {
  for (const call of turn.steps.at(-1)?.toolCalls ?? []) {
    if (call.result !== null) continue;
    if (signal.aborted) return "stop";
    const ended = yield* settle(turn, call, ports, signal);
    if (ended === "stop") return "stop";
    call.result = ended.result;
    const chunk = toolResultChunk(call, ended);
    yield streamToolResult(turn.requestId, chunk, ports.now());
  }
  return "settled";
}

async function* settle(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, ToolOutcome | "stop"> {
  const checked = await checkCall(turn, call, ports);
  switch (call.state) {
    case "proposed": {
      const question = "refusal" in checked ? null : ask(checked, call, ports);
      if (question && "confirmation" in question) {
        yield* park(turn, call, question.confirmation, ports);
        return "stop";
      }
      yield toolCallChunk(turn, call, shownArguments(call), ports);
      if ("refusal" in checked) return refuse(turn, call, checked.refusal, ports);
      if (question) return refuse(turn, call, question.refusal, ports);
      return run(turn, call, checked, ports, signal);
    }
    case "approved": {
      const shown = storedConfirmation(call)?.arguments;
      if (!("refusal" in checked) && isDeepStrictEqual(asJson(checked.args), shown)) {
        return run(turn, call, checked, ports, signal);
      }
      return refuse(turn, call, CHANGED_WHILE_PARKED, ports);
    }
    case "denied":
      return finish(turn, call, { state: "denied", result: denialOf(call), isError: true }, ports);
    case "expired":
      return finish(turn, call, { state: "expired", result: NO_ANSWER, isError: true }, ports);
    case "executing":
      if ("refusal" in checked || !checked.tool.definition.idempotent) {
        return finish(turn, call, OUTCOME_UNKNOWN, ports);
      }
      return execute(turn, call, checked, await contextOf(turn, call, ports, signal), ports);
    default:
      return "stop";
  }
}

interface Runnable {
  tool: Tool;
  args: Record<string, unknown>;
}

/** Permission first, then the arguments; the visitor is asked last. */
async function checkCall(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  { store, agents, tools }: TurnPorts,
): Promise<Runnable | { refusal: string }> {
  const session = await store.session(turn.sessionId);
  // What an agent is not offered it cannot run either, whatever its model writes.
  const tool = agents.isConfigured(session?.agentId ?? "") ? tools.get(call.name) : undefined;
  if (!tool) return { refusal: `There is no tool named ${call.name}.` };
  const parsed = parseJson(call.arguments === "" ? "{}" : call.arguments);
  if (parsed === undefined)
    return { refusal: "The arguments are not valid JSON, or too deep. Nothing was run." };
  const checked = await tool.schema.check(parsed);
  if (!checked.ok)
    return { refusal: `The arguments are not valid. Nothing was run.\n${checked.problems}` };
  return { tool, args: checked.value };
}

/** What a gated call asks the visitor; null for a call that may run at once. */
function ask(
  { tool, args }: Runnable,
  call: ToolCallRecord,
  { limits, now, log }: TurnPorts,
): { confirmation: Confirmation } | { refusal: string } | null {
  if (!tool.gated) return null;
  try {
    return { confirmation: questionOf(tool, call, args, now() + waitOf(tool, limits)) };
  } catch (error) {
    log.error(
      { tool: call.name, toolCallId: call.id, ...faultOf(error) },
      "confirm of a tool failed",
    );
    return { refusal: "The question for the visitor could not be made. Nothing was run." };
  }
}

function waitOf({ definition }: Tool, limits: TurnPorts["limits"]): number {
  return definition.confirmationMs ?? limits.confirmationMs;
}

async function* park(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  confirmation: Confirmation,
  ports: TurnPorts,
): AsyncGenerator<TurnEvent, void> {
  const { toolCallId, expiresAt } = confirmation;
  await ports.store.parkTurn(turn.id, ports.owner, {
    toolCallId,
    confirmation: JSON.stringify(confirmation),
    expiresAt: new Date(expiresAt),
  });
  yield writeConfirmationRequired(turn.requestId, confirmation, ports.now());
  yield toolCallChunk(turn, call, confirmation.arguments, ports);
}

async function run(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  runnable: Runnable,
  ports: TurnPorts,
  signal: AbortSignal,
): Promise<ToolOutcome | "stop"> {
  const context = await contextOf(turn, call, ports, signal);
  if (signal.aborted) return "stop";
  await ports.store.startToolCall(turn.id, ports.owner, call.id);
  // A cancel that came while the start was stored is heard before anything runs.
  if (signal.aborted) {
    await ports.store.finishToolCall(turn.id, ports.owner, call.id, NOT_RUN_OUTCOME);
    return "stop";
  }
  return execute(turn, call, runnable, context, ports);
}

async function execute(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  { tool, args }: Runnable,
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

async function contextOf(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  ports: TurnPorts,
  signal: AbortSignal,
): Promise<ToolContext> {
  const session = await ports.store.session(turn.sessionId);
  const { agentId = "", organizationId = "", userId = null } = session ?? {};
  return {
    signal,
    conversation: { id: turn.conversationId, agentId, organizationId },
    visitor: userId === null ? null : { userId },
    idempotencyKey: call.id,
  };
}

function refuse(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  result: string,
  ports: TurnPorts,
): Promise<ToolOutcome> {
  return finish(turn, call, { state: "failed", result, isError: true }, ports);
}

async function finish(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  outcome: Omit<ToolOutcome, "from">,
  ports: TurnPorts,
): Promise<ToolOutcome> {
  const whole = { ...outcome, from: call.state };
  await ports.store.finishToolCall(turn.id, ports.owner, call.id, whole);
  return whole;
}

function toolCallChunk(
  turn: TurnWithSteps,
  { id: toolCallId, name, title }: ToolCallRecord,
  args: Record<string, unknown>,
  ports: TurnPorts,
): TurnEvent {
  const chunk = { toolCallId, name, ...(title !== null && { title }), arguments: args };
  return streamToolCall(turn.requestId, chunk, ports.now());
}

function denialOf({ reason }: ToolCallRecord): string {
  const said = reason ? ` The visitor's reason: ${JSON.stringify(reason)}.` : "";
  return `The visitor declined this call. It was not run and nothing was changed.${said}`;
}

/** Why a turn is told to stop when its process ends: another one takes it up. */
export const HAND_OVER = "hand over";

const NOT_RUN_OUTCOME: ToolOutcome = {
  from: "executing",
  state: "failed",
  result: NOT_RUN,
  isError: true,
};
const CHANGED_WHILE_PARKED =
  "The tool was changed after the visitor had been asked, so that what was approved can no longer be run as it was shown. It was not run and nothing was changed.";

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
