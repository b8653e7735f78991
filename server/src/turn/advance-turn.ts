import { GatewayError } from "../gateway/gateway.js";
import type { TurnWithSteps } from "../store/records.js";
import { ConflictError } from "../store/storage-error.js";
import { modelStep } from "./model-step.js";
import type { TurnPorts } from "./ports.js";
import { completeTurn, failTurn } from "./turn-end.js";
import type { TurnEvent } from "./turn-event.js";
import { settleToolCalls } from "./settle-tool-calls.js";

/** How many past turns are looked at; the token budget decides how many are sent. */
const PAST_TURNS = 100;

/**
 * The whole engine: loads a running turn, asks the model, persists its step, runs its tool calls or
 * parks on one, and goes on until it ends. Starting, resuming after a verdict and recovering after a
 * crash are this same call.
 *
 * Yields the turn's events in order. The last one is terminal, unless the turn parked, was ended by
 * someone else, or `signal` was aborted: then nothing more of it is said here.
 *
 * @throws StorageError when the database fails; the turn is then still running in it
 */
export async function* advanceTurn(
  turnId: string,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, void> {
  let turn = await ports.store.turn(turnId);
  if (turn?.state !== "running") return;
  let past: readonly TurnWithSteps[] | undefined;
  try {
    if (turn.attempts > ports.limits.attempts) {
      ports.log.error({ turnId, attempts: turn.attempts }, "turn given up after repeated crashes");
      yield* failTurn(turn, ports);
      return;
    }
    for (;;) {
      if ((yield* settleToolCalls(turn, ports, signal)) === "stop" || signal.aborted) return;
      if (isAnswered(turn)) {
        yield* completeTurn(turn, ports);
        return;
      }
      past ??= await ports.store.pastTurns(turn.conversationId, PAST_TURNS);
      if ((yield* modelStep(turn, past, ports, signal)) === "filtered") {
        yield* failTurn(turn, ports);
        return;
      }
      turn = await reload(turn, ports);
    }
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof ConflictError) {
      // Someone else ended or took the turn, and this says nothing; or it is still ours and must end.
      yield* failTurn(turn, ports);
      return;
    }
    if (!(error instanceof GatewayError)) throw error;
    const { fault, message, retryable, retryAfterMs } = error;
    ports.log.warn({ turnId, fault, reason: message }, "model step failed");
    yield* failTurn(turn, ports, { retryable, retryAfterMs });
  }
}

function isAnswered(turn: TurnWithSteps): boolean {
  const last = turn.steps.at(-1);
  return last !== undefined && last.toolCalls.length === 0;
}

async function reload(turn: TurnWithSteps, ports: TurnPorts): Promise<TurnWithSteps> {
  const loaded = await ports.store.turn(turn.id);
  if (!loaded) throw new ConflictError("The turn");
  return loaded;
}
