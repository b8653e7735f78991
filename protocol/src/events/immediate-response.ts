import { z } from "zod";
import { conversationRenamed, conversations } from "../conversation.js";
import { jsonObject, timestamp } from "../field.js";
import { message } from "../message.js";
import { sessionDescriptor, sessionView } from "../session-descriptor.js";

/** The answer to an action: 200 when it is done, 202 when a turn was accepted. */
export const immediateResponseEvent = z.object({
  type: z.literal("immediate_response"),
  requestId: z.string().optional(),
  status: z.union([z.literal(200), z.literal(202)]),
  message: z.string(),
  data: jsonObject,
  timestamp,
});
export type ImmediateResponse = z.infer<typeof immediateResponseEvent>;

/** `data` of `ConversationMessages`, newest first; `nextCursor` is opaque and null at the end. */
export const conversationMessages = z.object({
  conversationId: z.string(),
  messages: z.array(message),
  nextCursor: z.string().nullable(),
  hasMore: z.boolean(),
});
export type ConversationMessages = z.infer<typeof conversationMessages>;

/** `data` of `Tool action approved` and `Tool action rejected`. */
export const toolActionDecided = z.object({ sessionId: z.string(), approved: z.boolean() });
export type ToolActionDecided = z.infer<typeof toolActionDecided>;

/** `data` of a turn's ack; extension: `duplicate` when the same request was accepted before. */
export const turnAccepted = z.object({ duplicate: z.literal(true).optional() });
export type TurnAccepted = z.infer<typeof turnAccepted>;

/** The shape of `data`, by the action it answers. */
export const responseData = {
  create_conversation_session: sessionDescriptor,
  resume_session: sessionDescriptor,
  set_auth_context: sessionDescriptor,
  get_session: sessionView,
  get_conversation_messages: conversationMessages,
  list_conversations: conversations,
  rename_conversation: conversationRenamed,
  send_message: turnAccepted,
  confirm_tool_action: toolActionDecided,
} as const;

export function immediateResponse(
  requestId: string | undefined,
  status: 200 | 202,
  message: string,
  data: Record<string, unknown>,
  timestamp: number,
): ImmediateResponse {
  return { type: "immediate_response", requestId, status, message, data, timestamp };
}
