import type { Action, ActionName } from "@smooth-agent/protocol";
import type { ActionHandler } from "./action-handler.js";
import type { Caller } from "./caller.js";
import { cancel } from "./cancel.js";
import { confirmToolAction } from "./confirm-tool-action.js";
import { createConversationSession } from "./create-conversation-session.js";
import { getConversationMessages } from "./get-conversation-messages.js";
import { getSession } from "./get-session.js";
import { listConversations } from "./list-conversations.js";
import { ping } from "./ping.js";
import type { ActionPorts } from "./ports.js";
import { renameConversation } from "./rename-conversation.js";
import { requestOtp } from "./request-otp.js";
import { resumeSession } from "./resume-session.js";
import { revokeGrant } from "./revoke-grant.js";
import { sendFeedback } from "./send-feedback.js";
import { sendMessage } from "./send-message.js";
import { setAuthContext } from "./set-auth-context.js";
import { submitInteraction } from "./submit-interaction.js";
import { submitToolResult } from "./submit-tool-result.js";
import { verifyOtp } from "./verify-otp.js";

/** One handler per action; a missing one does not compile. */
const routeTable: { [Name in ActionName]: ActionHandler<Name> } = {
  ping,
  create_conversation_session: createConversationSession,
  resume_session: resumeSession,
  set_auth_context: setAuthContext,
  get_session: getSession,
  get_conversation_messages: getConversationMessages,
  list_conversations: listConversations,
  rename_conversation: renameConversation,
  send_message: sendMessage,
  confirm_tool_action: confirmToolAction,
  cancel,
  submit_interaction: submitInteraction,
  verify_otp: verifyOtp,
  request_otp: requestOtp,
  revoke_grant: revokeGrant,
  submit_tool_result: submitToolResult,
  send_feedback: sendFeedback,
};

/** Hands an action to its handler. */
export function dispatch(action: Action, caller: Caller, ports: ActionPorts): Promise<void> {
  const handler = routeTable[action.action] as ActionHandler<ActionName>;
  return handler(action, caller, ports);
}
