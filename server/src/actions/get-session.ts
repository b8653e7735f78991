import { immediateResponse, type SessionView } from "@smooth-agent/protocol";
import { sessionNotFound } from "./action-error.js";
import type { ActionHandler } from "./action-handler.js";
import { wireHandOff } from "../turn/hand-off.js";
import { sessionIds } from "./session-answer.js";

export const getSession: ActionHandler<"get_session"> = async (action, caller, { store, now }) => {
  const held = caller.session(action.sessionId);
  const session = held && (await store.session(held.id));
  if (!session) throw sessionNotFound();
  const data: SessionView = {
    ...sessionIds(session),
    threadId: session.conversationId,
    status: session.status,
    handOff: wireHandOff(await store.handOff(session.conversationId)),
  };
  caller.reply(immediateResponse(action.requestId, 200, "Session", data, now()));
};
