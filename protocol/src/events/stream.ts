import { z } from "zod";
import { jsonObject, timestamp } from "../field.js";
import { TOOL_CALL_STATES } from "../tool-call-state.js";

const spoken = <Type extends string>(type: Type) =>
  z.object({
    type: z.literal(type),
    requestId: z.string(),
    token: z.string(),
    data: z.object({ requestId: z.string(), token: z.string() }),
    timestamp,
  });

/** A piece of the answer. */
export const streamTokenEvent = spoken("stream_token");
/** A piece of what the model sends as its reasoning; no part of the reply. */
export const streamReasoningEvent = spoken("stream_reasoning");
/** A line that covers the wait; only before the answer begins. */
export const streamPreambleEvent = spoken("stream_preamble");

export type StreamToken = z.infer<typeof streamTokenEvent>;
export type StreamReasoning = z.infer<typeof streamReasoningEvent>;
export type StreamPreamble = z.infer<typeof streamPreambleEvent>;

export function streamToken(requestId: string, token: string, timestamp: number): StreamToken {
  return { type: "stream_token", requestId, token, data: { requestId, token }, timestamp };
}

export function streamReasoning(
  requestId: string,
  token: string,
  timestamp: number,
): StreamReasoning {
  return { type: "stream_reasoning", requestId, token, data: { requestId, token }, timestamp };
}

export function streamPreamble(
  requestId: string,
  token: string,
  timestamp: number,
): StreamPreamble {
  return { type: "stream_preamble", requestId, token, data: { requestId, token }, timestamp };
}

export const toolCallChunk = z.object({
  toolCallId: z.string().optional(),
  name: z.string(),
  title: z.string().optional().meta({ description: "Extension: what the visitor is shown." }),
  arguments: jsonObject,
});
export type ToolCallChunk = z.infer<typeof toolCallChunk>;

export const toolResultChunk = z.object({
  toolCallId: z.string().optional(),
  name: z.string(),
  isError: z.boolean(),
  result: z.string().meta({ description: "Text, cut to 2,000 characters." }),
  status: z
    .enum(TOOL_CALL_STATES)
    .optional()
    .meta({ description: "Extension: what became of the call, where `isError` tells too little." }),
});
export type ToolResultChunk = z.infer<typeof toolResultChunk>;

const rawResponse = z.union([
  z.object({ toolCall: toolCallChunk }),
  z.object({ toolResult: toolResultChunk }),
]);
export type RawResponse = z.infer<typeof rawResponse>;

/** A tool was called, or returned. `node` is the tool's name. */
export const streamChunkEvent = z.object({
  type: z.literal("stream_chunk"),
  requestId: z.string(),
  node: z.string(),
  data: z.object({
    requestId: z.string(),
    node: z.string(),
    state: z.object({ rawResponse }),
  }),
  timestamp,
});
export type StreamChunk = z.infer<typeof streamChunkEvent>;

export function streamToolCall(
  requestId: string,
  toolCall: ToolCallChunk,
  timestamp: number,
): StreamChunk {
  return streamChunk(requestId, toolCall.name, { toolCall }, timestamp);
}

export function streamToolResult(
  requestId: string,
  toolResult: ToolResultChunk,
  timestamp: number,
): StreamChunk {
  return streamChunk(requestId, toolResult.name, { toolResult }, timestamp);
}

function streamChunk(
  requestId: string,
  node: string,
  rawResponse: RawResponse,
  timestamp: number,
): StreamChunk {
  const data = { requestId, node, state: { rawResponse } };
  return { type: "stream_chunk", requestId, node, data, timestamp };
}
