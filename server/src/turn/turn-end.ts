import { randomUUID } from "node:crypto";
import {
  cancelled,
  errorFrame,
  eventualResponse,
  type ErrorDescriptor,
  type TerminalEvent,
} from "@smooth-agent/protocol";
import { afterTurn } from "../agent/workflow-place.js";
import type { TurnRecord, TurnWithSteps } from "../store/records.js";
import type { Store, TurnEnd, VerdictSource } from "../store/store.js";
import type { TurnPorts } from "./ports.js";
import { replyOf } from "./reply.js";
import type { Scene } from "./scene.js";
import { STEP_SEPARATOR, wasShown } from "./snapshot.js";
import { NOT_RUN, UNANSWERED } from "./untold-outcome.js";
import type { Said } from "./utterance.js";

/**
 * Ends a turn with its whole reply, stored as one message. Says nothing when it had ended before.
 *
 * @returns whether it was ended here
 */
export async function* completeTurn(
  turn: TurnWithSteps,
  scene: Scene,
  ports: TurnPorts,
): AsyncGenerator<TerminalEvent, boolean> {
  const { terminal, ...completed } = await completion(turn, ports, scene);
  const workflow = moveOf(scene);
  const ended = { ...completed, ...(workflow && { workflow }), turnId: turn.id };
  return yield* end({ ...ended, owner: ports.owner, state: "completed" }, terminal, ports);
}

/** Ends a turn with what it has said so far, because a person has taken over from the agent. */
export async function* silenceTurn(
  turn: TurnWithSteps,
  ports: TurnPorts,
): AsyncGenerator<TerminalEvent, void> {
  const { terminal, ...completed } = await completion(turn, ports, undefined, "active");
  const change = { ...completed, turnId: turn.id, owner: ports.owner, state: "completed" } as const;
  yield* end(change, terminal, ports);
}

/**
 * How a turn ends whole with what it has said so far: its reply, and its terminal event.
 *
 * @param scene absent where nobody is there, for whom anything could be suggested
 * @param handOff given when a person has taken over
 */
export async function completion(
  turn: TurnWithSteps,
  { store, now }: Pick<TurnPorts, "store" | "now">,
  scene?: Scene,
  handOff?: "active",
): Promise<Pick<TurnEnd, "reply" | "notRun" | "unanswered"> & { terminal: TerminalEvent }> {
  const reply = await answerOf(turn, store);
  // An answer without a text is there for whoever asks for all that was seen; the contract names no message.
  const messageId = reply?.text === "" ? undefined : reply?.id;
  const beside = scene?.agent.preambleModel ? await store.usageOfTurn(turn) : [];
  const parts = { text: reply?.text, messageId, place: scene?.place ?? null, beside, handOff };
  const terminal = eventualResponse(turn.requestId, replyOf(turn, parts), now());
  return { terminal, ...UNTOLD, ...(reply && { reply }) };
}

/**
 * Ends a turn with an honest error; the text is ours, never the upstream's.
 *
 * @param partial what was told of the step that failed; it is kept
 */
export async function* failTurn(
  turn: TurnRecord,
  ports: TurnPorts,
  partial: Said | undefined,
  retry: Pick<ErrorDescriptor, "retryable" | "retryAfterMs"> = { retryable: false },
): AsyncGenerator<TerminalEvent, void> {
  const error: ErrorDescriptor = {
    code: "AGENT_ERROR",
    message: "The answer could not be completed.",
    ...retry,
  };
  const terminal = errorFrame(turn.requestId, error, ports.now());
  const change = { turnId: turn.id, owner: ports.owner, state: "failed" } as const;
  yield* endUnfinished(change, terminal, partial, ports);
}

/**
 * Ends a running or parked turn from outside.
 *
 * @param source who ended it; absent when it was no visitor
 * @returns its terminal event, to be told once what was said is kept; null when it had ended before
 */
export async function cancelTurn(
  turn: TurnRecord,
  { store, now }: Pick<TurnPorts, "store" | "now">,
  source?: VerdictSource,
): Promise<TerminalEvent | null> {
  const terminal = cancelled(turn.requestId, now());
  const change = { turnId: turn.id, owner: null, state: "cancelled", source } as const;
  for await (const event of endUnfinished(change, terminal, undefined, { store })) return event;
  return null;
}

/**
 * Keeps what was told of a turn that was cancelled. Nothing of it is stored any more by then, so that
 * its steps and this are all there is.
 */
export async function keepSaid(
  turnId: string,
  said: Said | undefined,
  { store }: Pick<TurnPorts, "store">,
): Promise<void> {
  const turn = await store.turn(turnId);
  if (turn) await store.keepUnfinished(turnId, replyText(turn, said), said);
}

/** All the text a turn streamed. Of a step that was stored while it was cut off, what was told counts. */
export function replyText({ steps }: TurnWithSteps, partial?: Said): string {
  const whole = partial ? steps.filter(({ index }) => index < partial.index) : steps;
  return [...whole, ...(partial ? [partial] : [])]
    .map(({ text }) => text)
    .filter((text) => text !== "")
    .join(STEP_SEPARATOR);
}

async function* endUnfinished(
  change: Omit<TurnEnd, "terminal" | "notRun" | "unanswered">,
  terminal: TerminalEvent,
  partial: Said | undefined,
  ports: Pick<TurnPorts, "store">,
): AsyncGenerator<TerminalEvent, void> {
  const turn = await ports.store.turn(change.turnId);
  const text = turn ? replyText(turn, partial) : "";
  const reply = turn && (await messageOf(turn, text, ports.store));
  const kept = { ...(partial && { partial }), ...(reply && { reply }) };
  yield* end({ ...change, ...kept, ...UNTOLD }, terminal, ports);
}

/** What is kept of a whole answer: its text, also an empty one when tools were seen to run. */
async function answerOf(turn: TurnWithSteps, store: Store): Promise<TurnEnd["reply"]> {
  const text = replyText(turn);
  const calls = turn.steps.flatMap(({ toolCalls }) => toolCalls);
  if (text === "" && !calls.some(wasShown)) return undefined;
  return messageOf(turn, text, store);
}

async function messageOf(
  { sessionId }: TurnWithSteps,
  text: string,
  store: Store,
): Promise<TurnEnd["reply"]> {
  const session = await store.session(sessionId);
  if (!session) return undefined;
  return { id: randomUUID(), participantId: session.agentParticipantId, text };
}

async function* end(
  change: Omit<TurnEnd, "terminal">,
  terminal: TerminalEvent,
  { store }: Pick<TurnPorts, "store">,
): AsyncGenerator<TerminalEvent, boolean> {
  const ended = await store.endTurn({ ...change, terminal: JSON.stringify(terminal) });
  if (ended) yield terminal;
  return ended;
}

/** What is told of calls that the end of a turn leaves open. */
const UNTOLD = { notRun: NOT_RUN, unanswered: UNANSWERED } as const;

function moveOf({ place, agent }: Scene): TurnEnd["workflow"] {
  const to = place && afterTurn(place);
  return to ? { agentId: agent.id, from: place.position, to } : undefined;
}
