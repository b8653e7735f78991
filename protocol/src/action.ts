import type { z } from "zod";
import { cancelAction } from "./actions/cancel.js";
import { confirmToolActionAction } from "./actions/confirm-tool-action.js";
import { createConversationSessionAction } from "./actions/create-conversation-session.js";
import { getConversationMessagesAction } from "./actions/get-conversation-messages.js";
import { getSessionAction } from "./actions/get-session.js";
import { listConversationsAction } from "./actions/list-conversations.js";
import { pingAction } from "./actions/ping.js";
import { renameConversationAction } from "./actions/rename-conversation.js";
import { resumeSessionAction } from "./actions/resume-session.js";
import { requestOtpAction } from "./actions/request-otp.js";
import { revokeGrantAction } from "./actions/revoke-grant.js";
import { sendFeedbackAction } from "./actions/send-feedback.js";
import { sendMessageAction } from "./actions/send-message.js";
import { submitInteractionAction } from "./actions/submit-interaction.js";
import { submitToolResultAction } from "./actions/submit-tool-result.js";
import { verifyOtpAction } from "./actions/verify-otp.js";
import { setAuthContextAction } from "./actions/set-auth-context.js";

/** The schema of each action, by its `action` name. */
export const actionSchemas = {
  ping: pingAction,
  create_conversation_session: createConversationSessionAction,
  resume_session: resumeSessionAction,
  set_auth_context: setAuthContextAction,
  get_session: getSessionAction,
  get_conversation_messages: getConversationMessagesAction,
  list_conversations: listConversationsAction,
  rename_conversation: renameConversationAction,
  send_message: sendMessageAction,
  confirm_tool_action: confirmToolActionAction,
  cancel: cancelAction,
  submit_interaction: submitInteractionAction,
  verify_otp: verifyOtpAction,
  request_otp: requestOtpAction,
  revoke_grant: revokeGrantAction,
  submit_tool_result: submitToolResultAction,
  send_feedback: sendFeedbackAction,
} as const;

export type ActionName = keyof typeof actionSchemas;

/** An action as the server sees it after parsing, defaults filled in. */
export type ActionOf<Name extends ActionName> = z.output<(typeof actionSchemas)[Name]>;
export type Action = { [Name in ActionName]: ActionOf<Name> }[ActionName];

/** An action as a client writes it. */
export type ActionInput = {
  [Name in ActionName]: z.input<(typeof actionSchemas)[Name]>;
}[ActionName];

/** What became of one decoded frame. `requestId` is there when the frame had a usable one. */
export type ActionResult =
  | { ok: true; action: Action }
  | {
      ok: false;
      code: "VALIDATION_ERROR" | "UNSUPPORTED_ACTION";
      message: string;
      requestId?: string;
    };

/**
 * Reads a decoded frame as an action.
 *
 * @param value what `JSON.parse` returned
 * @returns the action with its defaults, or the code and a message that names the first bad field
 */
export function parseAction(value: unknown): ActionResult {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, code: "VALIDATION_ERROR", message: "A frame must be one JSON object." };
  }
  const requestId = requestIdOf(value);
  if (!("action" in value) || typeof value.action !== "string") {
    const message = "action must be a string that names the action.";
    return { ok: false, code: "VALIDATION_ERROR", message, requestId };
  }
  if (!isActionName(value.action)) {
    const message = "This action is not supported.";
    return { ok: false, code: "UNSUPPORTED_ACTION", message, requestId };
  }
  const parsed = actionSchemas[value.action].safeParse(value);
  if (parsed.success) return { ok: true, action: parsed.data };
  const [issue] = parsed.error.issues;
  const message = issue ? `${issue.path.join(".")} ${issue.message}.` : "The frame is not valid.";
  return { ok: false, code: "VALIDATION_ERROR", message, requestId };
}

function isActionName(name: string): name is ActionName {
  return Object.hasOwn(actionSchemas, name);
}

function requestIdOf(value: object): string | undefined {
  if (!("requestId" in value)) return undefined;
  const parsed = pingAction.shape.requestId.safeParse(value.requestId);
  return parsed.success ? parsed.data : undefined;
}
