import {
  immediateResponse,
  turnStarted,
  type ActionOf,
  type TerminalEvent,
} from "@smooth-agent/protocol";
import type { SessionRecord } from "../store/records.js";
import { GatewayError, type Gateway } from "../gateway/gateway.js";
import { isSilenced } from "../turn/hand-off.js";
import { ActionError, sessionNotFound } from "./action-error.js";
import type { Caller } from "./caller.js";
import { declaredContext } from "./declared-context.js";
import type { ActionPorts } from "./ports.js";
import type { ActionHandler } from "./action-handler.js";
import { checkMessageRate } from "./rate-check.js";
import { wireMessage } from "./wire-message.js";

/** The checks of PROTOCOL.md "A turn" in their order; then message and turn are stored, then acked. */
export const sendMessage: ActionHandler<"send_message"> = async (action, caller, ports) => {
  if (action.skill?.trim()) throw new ActionError("SKILL_NOT_FOUND", "There is no such skill.");
  const session = caller.session(action.sessionId);
  if (!session) throw sessionNotFound();
  const model = await modelOf(action, session, ports);
  if (await isRepeated(action, session, caller, ports)) return;
  if (ports.isDraining()) {
    throw new ActionError("UNAVAILABLE", "The server is restarting. Please try again.", true);
  }
  await checkMessageRate(session, caller, ports);
  // While a person has taken over no model is needed.
  if (!(await isSilenced(session.conversationId, ports))) await checkModel(session, ports);
  await startTurn(action, model, session, caller, ports);
};

type SendMessage = ActionOf<"send_message">;

/** Whether anything may be asked of a model for this visitor now. */
async function checkModel(session: SessionRecord, ports: ActionPorts): Promise<void> {
  if (await ports.budgets.isSpent(session)) {
    const message = "The assistant has reached its limit and cannot answer here for now.";
    throw new ActionError("BUDGET_EXCEEDED", message, false);
  }
  const refusal = await gatewayRefusal(session, ports);
  if (!refusal) return;
  const { active } = await ports.store.currentTurns(session.conversationId);
  throw active ? turnInProgress() : refusal;
}

async function modelOf(
  { model }: SendMessage,
  { agentId }: SessionRecord,
  { agents }: ActionPorts,
): Promise<string> {
  const agent = await agents.agent(agentId);
  if (model === undefined || model.trim() === "" || model === agent.model) return agent.model;
  if (agent.models?.includes(model)) return model;
  throw new ActionError("VALIDATION_ERROR", "model is not one of this agent's models.");
}

/** Why no model can be asked; null when one can. A source of keys that fails may be there again soon. */
async function gatewayRefusal(
  { organizationId }: SessionRecord,
  { gateways }: ActionPorts,
): Promise<ActionError | null> {
  const message = "The assistant is not available right now.";
  let gateway: Gateway | null;
  try {
    gateway = await gateways.of(organizationId);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return new ActionError("LLM_UNAVAILABLE", message, true, error.retryAfterMs);
  }
  return gateway ? null : new ActionError("LLM_UNAVAILABLE", message);
}

/** The same request again: acked as a duplicate, its end told once more to the asker alone. */
async function isRepeated(
  { requestId, message }: SendMessage,
  { conversationId }: SessionRecord,
  caller: Caller,
  { store, now }: ActionPorts,
): Promise<boolean> {
  const known = await store.turnOfRequest(conversationId, requestId);
  if (!known) return false;
  if (known.userText !== message) {
    throw new ActionError("VALIDATION_ERROR", "requestId was used for another message.");
  }
  caller.reply(immediateResponse(requestId, 202, ACCEPTED, { duplicate: true }, now()));
  if (known.terminal !== null) caller.reply(JSON.parse(known.terminal) as TerminalEvent);
  return true;
}

async function startTurn(
  action: SendMessage,
  model: string,
  session: SessionRecord,
  caller: Caller,
  ports: ActionPorts,
): Promise<void> {
  const { requestId, message: text } = action;
  const { conversationId, id: sessionId } = session;
  const { store, owner, backplane, turns, now } = ports;
  const context = declaredContext(action.context);
  const turn = { conversationId, sessionId, requestId, text, model, owner, context };
  const begun = await store.beginTurn(turn);
  if (begun.outcome === "ended") throw sessionNotFound();
  if (begun.outcome === "busy") throw turnInProgress();
  if (begun.outcome === "duplicate") {
    await isRepeated(action, session, caller, ports);
    return;
  }
  caller.lastStarted = { conversationId, requestId };
  caller.reply(immediateResponse(requestId, 202, ACCEPTED, {}, now()));
  const event = turnStarted(requestId, wireMessage(begun.message), now());
  backplane.publish(conversationId, { event, cause: caller.id });
  turns.start(begun.turn, true);
}

const ACCEPTED = "Processing your request...";

function turnInProgress(): ActionError {
  const message = "Another message of this conversation is still being answered.";
  return new ActionError("TURN_IN_PROGRESS", message, true);
}
