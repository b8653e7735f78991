import { GatewayError } from "../gateway/gateway.js";
import type { TurnWithSteps } from "../store/records.js";
import { ConflictError } from "../store/storage-error.js";
import { beforeTurn, type Before } from "./before.js";
import { isSilenced } from "./hand-off.js";
import { modelStep } from "./model-step.js";
import { isQuietTool } from "./own-tool.js";
import { challengeVisitor } from "./otp-challenge.js";
import type { TurnPorts } from "./ports.js";
import { sceneOf, type Scene } from "./scene.js";
import { completeTurn, failTurn, silenceTurn } from "./turn-end.js";
import type { TurnEvent } from "./turn-event.js";
import { settleToolCalls } from "./settle-tool-calls.js";
import type { Utterance } from "./utterance.js";

/** What stands beside the answer of a turn; neither call is waited for. */
export interface Beside {
  /** A run of the turn begins. */
  begins(turn: TurnWithSteps, scene: Scene): void;
  /** The turn was completed, and its terminal event told. */
  completed(turn: TurnWithSteps, scene: Scene): void;
}

/**
 * The whole engine: loads a running turn, asks the model, persists its step, runs its tool calls or
 * parks on one, and goes on until it ends. Starting, resuming after a verdict and recovering after a
 * crash are this same call.
 *
 * Yields the turn's events in order. The last one is terminal, unless the turn parked, was ended by
 * someone else, or `signal` was aborted: then nothing more of it is said here.
 *
 * @param utterance told here which step is under way, and by the caller what was heard of it
 * @param beside what stands beside the answer, told here when the turn begins and when it is whole
 * @throws StorageError when the database fails; the turn is then still running in it
 */
export async function* advanceTurn(
  turnId: string,
  ports: TurnPorts,
  signal: AbortSignal,
  utterance: Utterance,
  beside: Beside,
): AsyncGenerator<TurnEvent, void> {
  let turn = await ports.store.turn(turnId);
  if (!turn || !isMine(turn, ports)) return;
  // Asked before anything of the host's: nothing of it is needed for saying nothing.
  if (yield* fallSilent(turn, ports)) return;
  let before: Before | undefined;
  try {
    if (turn.attempts > ports.limits.attempts) {
      ports.log.error({ turnId, attempts: turn.attempts }, "turn given up after repeated crashes");
      yield* failTurn(turn, ports, undefined);
      return;
    }
    // What a host's function does may be what kills the process: it is asked after the attempts are counted.
    const scene = await sceneOf(turn, ports, signal);
    if (!scene) return;
    beside.begins(turn, scene);
    for (;;) {
      if ((yield* settleToolCalls(turn, scene, ports, signal)) === "stop" || signal.aborted) return;
      if (isAnswered(turn)) {
        yield* challengeVisitor(turn, scene, ports, signal);
        if (signal.aborted) return;
        if (yield* completeTurn(turn, scene, ports)) beside.completed(turn, scene);
        return;
      }
      before = await beforeTurn(turn, before, ports);
      if ((yield* modelStep(turn, before, scene, ports, signal, utterance)) !== "answered") {
        yield* failTurn(turn, ports, utterance.said());
        return;
      }
      const reloaded = await ports.store.turn(turnId);
      // Ended or taken over meanwhile: no further model call, no further tool.
      if (!reloaded || !isMine(reloaded, ports)) return;
      turn = reloaded;
      if (yield* fallSilent(turn, ports)) return;
    }
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof ConflictError) {
      // Someone else ended or took the turn, and this says nothing; or it is still ours and must end.
      yield* failTurn(turn, ports, utterance.said());
      return;
    }
    if (!(error instanceof GatewayError)) throw error;
    const { fault, message, retryable, retryAfterMs } = error;
    ports.log.warn({ turnId, fault, reason: message }, "model step failed");
    yield* failTurn(turn, ports, utterance.said(), { retryable, retryAfterMs });
  }
}

/** Ends a turn with what it has said so far, when a person has taken over. */
async function* fallSilent(
  turn: TurnWithSteps,
  ports: TurnPorts,
): AsyncGenerator<TurnEvent, boolean> {
  if (isAnswered(turn) || !(await isSilenced(turn.conversationId, ports))) return false;
  yield* silenceTurn(turn, ports);
  return true;
}

function isMine({ state, owner }: TurnWithSteps, ports: TurnPorts): boolean {
  return state === "running" && owner === ports.owner;
}

function isAnswered(turn: TurnWithSteps): boolean {
  const last = turn.steps.at(-1);
  if (last === undefined) return false;
  const { text, toolCalls } = last;
  if (toolCalls.length === 0) return true;
  // Nobody waits for what a quiet call comes to, once something was said.
  return text.trim() !== "" && toolCalls.every(({ name }) => isQuietTool(name));
}
