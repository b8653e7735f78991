import type OpenAI from "openai";
import type { GatewayMessage, GatewayRequest, GatewayTool, GatewayToolCall } from "./gateway.js";

export type ChatRequest = OpenAI.ChatCompletionCreateParamsStreaming;

/** The body of a streamed chat completion. */
export function chatRequest(
  request: GatewayRequest,
  outputLimitField: "max_completion_tokens" | "max_tokens" = "max_completion_tokens",
): ChatRequest {
  const { model, messages, tools, temperature, maxOutputTokens } = request;
  return {
    model,
    messages: messages.map(chatMessage),
    stream: true,
    stream_options: { include_usage: true },
    // An empty list is refused by OpenAI.
    ...(tools.length > 0 && { tools: tools.map(chatTool) }),
    ...(temperature !== undefined && { temperature }),
    ...(maxOutputTokens !== undefined && { [outputLimitField]: maxOutputTokens }),
  };
}

function chatMessage(message: GatewayMessage): OpenAI.ChatCompletionMessageParam {
  if (message.role === "tool") {
    return { role: "tool", tool_call_id: message.toolCallId, content: message.content };
  }
  if (message.role !== "assistant") return { role: message.role, content: message.content };
  if (!message.toolCalls?.length) return { role: "assistant", content: message.content };
  return {
    role: "assistant",
    content: message.content === "" ? null : message.content,
    tool_calls: message.toolCalls.map(chatToolCall),
  };
}

function chatToolCall(call: GatewayToolCall): OpenAI.ChatCompletionMessageToolCall {
  const { id, name } = call;
  return { id, type: "function", function: { name, arguments: call.arguments } };
}

function chatTool({ name, description, parameters }: GatewayTool): OpenAI.ChatCompletionTool {
  return { type: "function", function: { name, description, parameters } };
}
