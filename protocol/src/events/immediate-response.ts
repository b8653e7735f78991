import { z } from "zod";
import { confirmation } from "../confirmation.js";
import { conversationRenamed, conversations } from "../conversation.js";
import { feedbackReceived } from "../feedback.js";
import { jsonObject, timestamp } from "../field.js";
import { grants } from "../grant.js";
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
export const toolActionDecided = z.object({
  sessionId: z.string(),
  approved: z.boolean(),
  confirmation: confirmation
    .optional()
    .meta({ description: "Extension: what was approved, when it was changed before." }),
  grants: grants.optional().meta({
    description: "Extension: all that need not be asked again, when `remember` added to it.",
  }),
});
export type ToolActionDecided = z.infer<typeof toolActionDecided>;

/** `data` of `Interaction submitted`, with the canonical values, and of `Interaction declined`. */
export const interactionAnswered = z.object({
  sessionId: z.string(),
  interactionId: z.string(),
  kind: z.string().optional(),
  values: jsonObject.optional(),
  declined: z.literal(true).optional(),
});
export type InteractionAnswered = z.infer<typeof interactionAnswered>;

/** `data` of `Grant revoked`; the same whether or not there was one. */
export const grantRevoked = z.object({ sessionId: z.string(), grantId: z.string() });
export type GrantRevoked = z.infer<typeof grantRevoked>;

/** `data` of `Tool result accepted`. */
export const toolResultAccepted = z.object({ sessionId: z.string(), toolCallId: z.string() });
export type ToolResultAccepted = z.infer<typeof toolResultAccepted>;

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
  submit_interaction: interactionAnswered,
  revoke_grant: grantRevoked,
  submit_tool_result: toolResultAccepted,
  send_feedback: feedbackReceived,
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
