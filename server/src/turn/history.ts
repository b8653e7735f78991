import type { GatewayMessage, GatewayToolCall } from "../gateway/gateway.js";
import type { StepRecord, ToolCallRecord, TurnWithSteps } from "../store/records.js";
import { cutText } from "./stored-text.js";
import { shownArguments } from "./tool-call.js";
import { OUTCOME_UNKNOWN } from "./tool-run.js";
import { NOT_RUN } from "./untold-outcome.js";

/**
 * The messages of earlier turns that the model is sent: the newest whole turns within a budget, with
 * the tools they called and what came back, so that nothing is done a second time. A turn that does
 * not fit is sent with its long texts cut; the newest one is sent in any case.
 *
 * @param turns newest first
 * @param budget estimated tokens
 */
export function historyMessages(turns: readonly TurnWithSteps[], budget: number): GatewayMessage[] {
  const kept: GatewayMessage[][] = [];
  let left = budget;
  for (const turn of turns) {
    const whole = turnMessages(turn);
    const messages = estimatedTokens(whole) > left ? whole.map(shortened) : whole;
    left -= estimatedTokens(messages);
    if (left < 0 && kept.length > 0) break;
    kept.unshift(messages);
  }
  return kept.flat();
}

/**
 * The messages of the turn that runs. What its last step called and got back is whole; long texts of
 * the steps before are cut when the whole would not fit.
 *
 * @param budget estimated tokens
 */
export function runningMessages(turn: TurnWithSteps, budget: number): GatewayMessage[] {
  const whole = turnMessages(turn);
  if (estimatedTokens(whole) <= budget) return whole;
  const last = turn.steps.slice(-1).flatMap(stepMessages);
  return [...whole.slice(0, whole.length - last.length).map(shortened), ...last];
}

/** The messages of one turn, as far as it got. */
export function turnMessages(turn: TurnWithSteps): GatewayMessage[] {
  return [{ role: "user", content: turn.userText }, ...turn.steps.flatMap(stepMessages)];
}

// Providers take about four bytes of English for a token and fewer of other scripts: three is safe.
const BYTES_PER_TOKEN = 3;

export function estimatedTokens(messages: readonly GatewayMessage[]): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify(messages)) / BYTES_PER_TOKEN);
}

/** Characters that are left of a long text. */
const SHORT_CHARACTERS = 1_000;

function shortened(message: GatewayMessage): GatewayMessage {
  if (message.role === "user" || message.content.length <= SHORT_CHARACTERS) return message;
  return { ...message, content: `${cutText(message.content, SHORT_CHARACTERS)} … [cut]` };
}

function stepMessages(step: StepRecord): GatewayMessage[] {
  if (step.toolCalls.length === 0) {
    return step.text === "" ? [] : [{ role: "assistant", content: spokenText(step) }];
  }
  return [
    { role: "assistant", content: step.text, toolCalls: step.toolCalls.map(gatewayToolCall) },
    ...step.toolCalls.map(toolMessage),
  ];
}

function spokenText({ text, finishReason }: StepRecord): string {
  return finishReason === "interrupted" ? `${text} … [interrupted]` : text;
}

function gatewayToolCall(call: ToolCallRecord): GatewayToolCall {
  // What was not an object is sent back as an empty one: many gateways refuse anything else.
  const args = JSON.stringify(shownArguments(call));
  return { id: call.providerId, name: call.name, arguments: args };
}

function toolMessage(call: ToolCallRecord): GatewayMessage {
  return { role: "tool", toolCallId: call.providerId, content: call.result ?? unfinished(call) };
}

function unfinished(call: ToolCallRecord): string {
  if (call.state === "executing") return OUTCOME_UNKNOWN.result;
  return NOT_RUN;
}
