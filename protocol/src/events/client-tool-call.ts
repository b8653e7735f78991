import { z } from "zod";
import { jsonObject, timestamp } from "../field.js";

const clientToolCallData = z.object({
  requestId: z.string(),
  toolCallId: z.string(),
  name: z.string().meta({ description: "As the page declared it, without the prefix." }),
  arguments: jsonObject,
  expiresAt: timestamp.meta({ description: "When its result is not waited for any more." }),
});
export type ClientToolCallData = z.infer<typeof clientToolCallData>;

/** Extension: this one connection is to run a tool that its page declared. */
export const clientToolCallEvent = z.object({
  type: z.literal("client_tool_call"),
  requestId: z.string(),
  data: clientToolCallData,
  timestamp,
});
export type ClientToolCall = z.infer<typeof clientToolCallEvent>;

export function clientToolCall(data: ClientToolCallData, timestamp: number): ClientToolCall {
  return { type: "client_tool_call", requestId: data.requestId, data, timestamp };
}
