import { isDeepStrictEqual } from "node:util";
import {
  interactionRequired,
  streamToolCall,
  streamToolResult,
  writeConfirmationRequired,
  type Confirmation,
  type Interaction,
} from "@smooth-agent/protocol";
import type { ToolCallRecord, TurnWithSteps } from "../store/records.js";
import type { ToolAnswer, ToolOutcome } from "../store/store.js";
import { parkForPage } from "./client-call.js";
import { gateOf } from "./gate.js";
import { outcomeOfForm } from "./interaction/form-answer.js";
import { isOwnTool, isQuietTool } from "./own-tool.js";
import { formOf, runOwnTool } from "./own-tools.js";
import type { TurnPorts } from "./ports.js";
import { tellAsked } from "./question-notice.js";
import { asJson } from "./question.js";
import { runnableCall, type RunnableCall } from "./runnable-call.js";
import type { Scene } from "./scene.js";
import { shownArguments, storedConfirmation, toolResultChunk } from "./tool-call.js";
import { beginTool, repeatTool, startTool } from "./tool-execution.js";
import { OUTCOME_UNKNOWN } from "./tool-run.js";
import { denialOf, noAnswer } from "./untold-outcome.js";
import type { TurnEvent } from "./turn-event.js";

/**
 * Brings the tool calls of the last step to an outcome, one after the other, from whatever state each
 * is in: it is run, refused, told as unknown, or parked for the visitor.
 *
 * @returns `stop` when the turn parked or was aborted while a tool ran
 */
export async function* settleToolCalls(
  turn: TurnWithSteps,
  scene: Scene,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, "settled" | "stop"> {
  for (const call of turn.steps.at(-1)?.toolCalls ?? []) {
    if (call.result !== null) continue;
    if (signal.aborted) return "stop";
    const ended = yield* settle(turn, call, scene, ports, signal);
    if (ended === "stop") return "stop";
    const { state, result, isError } = ended;
    Object.assign(call, { state, result, isError });
    if (isQuietTool(call.name)) continue;
    const chunk = toolResultChunk(call, ended);
    yield streamToolResult(turn.requestId, chunk, ports.now());
  }
  return "settled";
}

async function* settle(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  scene: Scene,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, ToolOutcome | "stop"> {
  const answered = outcomeOfForm(call);
  if (answered) return finish(turn, call, answered, ports);
  if (call.state === "proposed" && isOwnTool(call.name)) {
    const form = await formOf(turn, call, scene, ports);
    if (form) {
      yield* parkOnForm(turn, call, form, scene, ports);
      return "stop";
    }
    if (!isQuietTool(call.name)) yield toolCallChunk(turn, call, shownArguments(call), ports);
    return yield* runOwnTool(turn, call, scene, ports);
  }
  // Told before: whether its tool is still there does not matter any more.
  if (call.state === "executing" && call.answer !== null) {
    return finish(turn, call, JSON.parse(call.answer) as ToolAnswer, ports);
  }
  const checked = await runnableCall(call, scene);
  switch (call.state) {
    case "proposed":
      if (!("refusal" in checked)) return yield* gated(turn, call, checked, scene, ports, signal);
      yield toolCallChunk(turn, call, shownArguments(call), ports);
      return refuse(turn, call, checked.refusal, ports);
    case "approved": {
      const shown = storedConfirmation(call)?.arguments;
      if ("refusal" in checked) {
        return refuse(turn, call, `${CHANGED_WHILE_PARKED} ${checked.refusal}`, ports);
      }
      if (isDeepStrictEqual(asJson(checked.args), shown)) {
        return yield* begin(turn, call, checked, scene, ports, signal);
      }
      return refuse(turn, call, CHANGED_WHILE_PARKED, ports);
    }
    case "denied":
      return finish(turn, call, { state: "denied", result: denialOf(call), isError: true }, ports);
    case "expired":
      return finish(turn, call, { state: "expired", result: noAnswer(call), isError: true }, ports);
    case "executing":
      if ("refusal" in checked || !checked.tool.definition.idempotent) {
        return finish(turn, call, OUTCOME_UNKNOWN, ports);
      }
      return repeatTool(turn, call, checked, scene, ports, signal);
    default:
      return "stop";
  }
}

/** Asks, refuses or runs a call that may run by its level and its arguments. */
async function* gated(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  checked: RunnableCall,
  scene: Scene,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, ToolOutcome | "stop"> {
  const gate = await gateOf(turn, call, checked, scene, ports, signal);
  if (signal.aborted) return "stop";
  if ("confirmation" in gate) {
    yield* park(turn, call, gate.confirmation, scene, ports);
    return "stop";
  }
  const grantId = "pass" in gate ? gate.grantId : undefined;
  if (grantId === undefined) {
    yield toolCallChunk(turn, call, shownArguments(call), ports);
    if ("refusal" in gate) return refuse(turn, call, gate.refusal, ports);
    return yield* begin(turn, call, checked, scene, ports, signal);
  }
  // Started before it is shown: were it revoked meanwhile, the question has to come first.
  const started = await startTool(turn, call, ports, signal, grantId);
  if (started === "ungranted") return yield* gated(turn, call, checked, scene, ports, signal);
  if (started === "stop") return "stop";
  yield toolCallChunk(turn, call, shownArguments(call), ports);
  return repeatTool(turn, call, checked, scene, ports, signal);
}

async function* park(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  confirmation: Confirmation,
  scene: Scene,
  ports: TurnPorts,
): AsyncGenerator<TurnEvent, void> {
  const { toolCallId, expiresAt } = confirmation;
  await ports.store.parkTurn(turn.id, ports.owner, {
    toolCallId,
    confirmation: JSON.stringify(confirmation),
    expiresAt: new Date(expiresAt),
  });
  tellAsked(turn, scene, call, confirmation, ports);
  yield writeConfirmationRequired(turn.requestId, confirmation, ports.now());
  yield toolCallChunk(turn, call, confirmation.arguments, ports);
}

/** Runs a call, in the server or by parking the turn for the visitor's page. */
async function* begin(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  runnable: RunnableCall,
  scene: Scene,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, ToolOutcome | "stop"> {
  if (runnable.tool.isOfPage && !signal.aborted) {
    yield await parkForPage(turn, call, ports);
    return "stop";
  }
  return beginTool(turn, call, runnable, scene, ports, signal);
}

async function* parkOnForm(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  form: Interaction,
  scene: Scene,
  ports: TurnPorts,
): AsyncGenerator<TurnEvent, void> {
  const { interactionId: toolCallId, expiresAt = 0 } = form;
  await ports.store.parkTurn(turn.id, ports.owner, {
    toolCallId,
    interaction: JSON.stringify(form),
    expiresAt: new Date(expiresAt),
  });
  tellAsked(turn, scene, call, { expiresAt }, ports);
  yield interactionRequired(turn.requestId, form, ports.now());
  yield toolCallChunk(turn, call, shownArguments(call), ports);
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

const CHANGED_WHILE_PARKED =
  "The tool was changed after the visitor had been asked, so that what was approved can no longer be run as it was shown. It was not run and nothing was changed.";
