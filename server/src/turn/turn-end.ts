import { randomUUID } from "node:crypto";
import {
  cancelled,
  errorFrame,
  eventualResponse,
  type ErrorDescriptor,
  type Reply,
  type TerminalEvent,
  type Usage,
} from "@smooth-agent/protocol";
import type { TurnRecord, TurnWithSteps } from "../store/records.js";
import type { TurnEnd } from "../store/store.js";
import type { TurnPorts } from "./ports.js";
import { STEP_SEPARATOR } from "./snapshot.js";

/** Ends a turn with its whole reply, stored as one message. Says nothing when it had ended before. */
export async function* completeTurn(
  turn: TurnWithSteps,
  ports: TurnPorts,
): AsyncGenerator<TerminalEvent, void> {
  const session = await ports.store.session(turn.sessionId);
  const text = replyText(turn);
  const messageId = text === "" || !session ? undefined : randomUUID();
  const terminal = eventualResponse(turn.requestId, replyOf(turn, text, messageId), ports.now());
  const reply = messageId &&
    session && { id: messageId, participantId: session.agentParticipantId, text };
  yield* end(
    { turnId: turn.id, owner: ports.owner, state: "completed", ...(reply && { reply }) },
    terminal,
    ports,
  );
}

/** Ends a turn with an honest error; the text is ours, never the upstream's. */
export async function* failTurn(
  turn: TurnRecord,
  ports: TurnPorts,
  retry: Pick<ErrorDescriptor, "retryable" | "retryAfterMs"> = { retryable: false },
): AsyncGenerator<TerminalEvent, void> {
  const error: ErrorDescriptor = {
    code: "AGENT_ERROR",
    message: "The answer could not be completed.",
    ...retry,
  };
  const terminal = errorFrame(turn.requestId, error, ports.now());
  yield* end({ turnId: turn.id, owner: ports.owner, state: "failed" }, terminal, ports);
}

/** Ends a running or parked turn from outside. Says nothing when it had ended before. */
export async function* cancelTurn(
  turn: TurnRecord,
  ports: Pick<TurnPorts, "store" | "now">,
): AsyncGenerator<TerminalEvent, void> {
  const terminal = cancelled(turn.requestId, ports.now());
  yield* end({ turnId: turn.id, owner: null, state: "cancelled" }, terminal, ports);
}

/** All the text a turn streamed. */
export function replyText(turn: TurnWithSteps): string {
  return turn.steps
    .map(({ text }) => text)
    .filter((text) => text !== "")
    .join(STEP_SEPARATOR);
}

async function* end(
  change: Omit<TurnEnd, "terminal">,
  terminal: TerminalEvent,
  { store }: Pick<TurnPorts, "store">,
): AsyncGenerator<TerminalEvent, void> {
  const ended = await store.endTurn({ ...change, terminal: JSON.stringify(terminal) });
  if (ended) yield terminal;
}

function replyOf(turn: TurnWithSteps, text: string, messageId: string | undefined): Reply {
  const truncated = turn.steps.at(-1)?.finishReason === "length";
  const usage = usageOf(turn);
  return {
    ...(messageId !== undefined && { messageId }),
    ...(truncated && { truncated }),
    needsEscalation: false,
    response: {
      responseParts: text === "" ? [] : [text],
      customerHappinessScore: 0.5,
      needsSatisfactionScore: 0.5,
      requestSummary: "",
      resolutionStatus: "in_progress",
      suggestedNextActions: [],
    },
    ...(usage && { usage }),
  };
}

function usageOf(turn: TurnWithSteps): Usage | undefined {
  const reported = turn.steps.filter(({ promptTokens }) => promptTokens !== null);
  if (reported.length === 0) return undefined;
  const sum = (of: (step: TurnWithSteps["steps"][number]) => number | null) =>
    reported.reduce((total, step) => total + (of(step) ?? 0), 0);
  return {
    costUsd: sum((step) => step.costUsd),
    promptTokens: sum((step) => step.promptTokens),
    completionTokens: sum((step) => step.completionTokens),
  };
}
