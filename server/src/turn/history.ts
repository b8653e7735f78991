import type { GatewayMessage, GatewayToolCall } from "../gateway/gateway.js";
import type { StepRecord, ToolCallRecord, TurnWithSteps } from "../store/records.js";
import { shownArguments } from "./tool-call.js";

/**
 * The messages of earlier turns that the model is sent: the newest whole turns within a budget, with
 * the tools they called and what came back, so that nothing is done a second time.
 *
 * @param turns newest first
 * @param budget estimated tokens
 */
export function historyMessages(turns: readonly TurnWithSteps[], budget: number): GatewayMessage[] {
  const kept: GatewayMessage[][] = [];
  let left = budget;
  for (const turn of turns) {
    const messages = turnMessages(turn);
    left -= estimatedTokens(messages);
    if (left < 0) break;
    kept.unshift(messages);
  }
  return kept.flat();
}

/** The messages of one turn, as far as it got. */
export function turnMessages(turn: TurnWithSteps): GatewayMessage[] {
  return [{ role: "user", content: turn.userText }, ...turn.steps.flatMap(stepMessages)];
}

// Providers take about four bytes of English for a token and fewer of other scripts: three is safe.
const BYTES_PER_TOKEN = 3;

function estimatedTokens(messages: readonly GatewayMessage[]): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify(messages)) / BYTES_PER_TOKEN);
}

function stepMessages(step: StepRecord): GatewayMessage[] {
  if (step.toolCalls.length === 0) {
    return step.text === "" ? [] : [{ role: "assistant", content: step.text }];
  }
  return [
    { role: "assistant", content: step.text, toolCalls: step.toolCalls.map(gatewayToolCall) },
    ...step.toolCalls.map(toolMessage),
  ];
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
  if (call.state === "executing") return "The call was interrupted; its outcome is unknown.";
  return "The call was not run: the visitor stopped the answer before.";
}
