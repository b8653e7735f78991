import { GatewayError } from "./gateway.js";

export type FinishReason = "stop" | "tool_calls" | "length" | "content_filter";

/**
 * What a provider's finish reason means; `undefined` for an empty one. An unknown one is a normal end.
 *
 * @throws {GatewayError} when it says that the answer broke off
 */
export function finishReason(reported: string): FinishReason | undefined {
  if (reported === "") return undefined;
  const meaning = MEANINGS.get(reported.toLowerCase()) ?? "stop";
  if (meaning === "broken") {
    throw new GatewayError("unavailable", "the provider broke the answer off");
  }
  return meaning;
}

const MEANINGS = new Map<string, FinishReason | "broken">([
  ["stop", "stop"],
  ["tool_calls", "tool_calls"],
  ["function_call", "tool_calls"],
  ["tool_use", "tool_calls"],
  ["length", "length"],
  ["max_tokens", "length"],
  ["model_length", "length"],
  ["content_filter", "content_filter"],
  ["safety", "content_filter"],
  ["error", "broken"],
  ["abort", "broken"],
  ["insufficient_system_resource", "broken"],
]);
