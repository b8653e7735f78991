import type { PastTurn, StepRecord, ToolCallRecord, TurnWithSteps } from "../store/records.js";
import { argumentsDigest } from "./tool-call.js";

/** A turn as a store would hand it out. */
export function turnWith(
  steps: readonly StepRecord[] = [],
  over: Partial<TurnWithSteps> = {},
): TurnWithSteps {
  return {
    id: "t",
    conversationId: "c",
    sessionId: "s",
    seq: 1,
    requestId: "r",
    state: "running",
    owner: "process",
    attempts: 1,
    model: null,
    terminal: null,
    context: null,
    userText: "hello",
    steps: [...steps],
    ...over,
  };
}

export function stepWith(over: Partial<StepRecord> = {}): StepRecord {
  const usage = { promptTokens: null, completionTokens: null, costUsd: null };
  const said = { text: "", reasoning: "", finishReason: "stop" };
  return { id: "step", index: 0, ...said, ...usage, toolCalls: [], ...over };
}

export function callWith(over: Partial<ToolCallRecord> = {}): ToolCallRecord {
  const args = over.arguments ?? '{"id":"1"}';
  return {
    id: "call",
    index: 0,
    providerId: "call_1",
    name: "look",
    title: null,
    arguments: args,
    state: "proposed",
    digest: argumentsDigest(args),
    confirmation: null,
    editedArguments: null,
    editedDigest: null,
    originalConfirmation: null,
    interaction: null,
    answer: null,
    grantId: null,
    claimedBy: null,
    expiresAt: null,
    approved: null,
    decidedBy: null,
    decidedAt: null,
    reason: null,
    result: null,
    isError: null,
    ...over,
  };
}

/** Turns as they lie behind, the newest first, each with an answer. */
export function pastTurns(newestFirst: readonly TurnWithSteps[]): PastTurn[] {
  return newestFirst.map((turn, index) => {
    const seq = 10 * (newestFirst.length - index);
    return { type: "turn", seq, until: seq + 5, turn };
  });
}
