import {
  immediateResponse,
  type ImmediateResponse,
  type SessionDescriptor,
} from "@smooth-agent/protocol";
import type { Agent } from "../agent/agent.js";
import type { SessionRecord } from "../store/records.js";
import { wireGrants } from "../turn/grant.js";
import { wireHandOff } from "../turn/hand-off.js";
import type { Admission } from "./caller.js";
import type { ActionPorts } from "./ports.js";

/** The ids that every answer about a session carries. */
export function sessionIds(session: SessionRecord) {
  const { id, conversationId, agentId, agentName, userParticipantId, agentParticipantId } = session;
  const ids = { sessionId: id, conversationId, agentId, agentName };
  return { ...ids, userParticipantId, agentParticipantId };
}

/**
 * The answer to a create or a resume, with a fresh token. Made once the conversation is followed: what
 * changes later is in its tail.
 */
export async function sessionAnswer(
  requestId: string | undefined,
  message: string,
  session: SessionRecord,
  { name, greeting, starters }: Agent,
  turns: Pick<Admission, "activeTurn" | "lastTurn"> | undefined,
  { store, tokens, now }: ActionPorts,
): Promise<ImmediateResponse> {
  const grants = await store.grants(session.conversationId);
  const data: SessionDescriptor = {
    ...sessionIds(session),
    ...(await tokens.mint(session)),
    agent: { name, greeting, starters: starters && [...starters] },
    ...(turns && { activeTurn: turns.activeTurn, lastTurn: turns.lastTurn }),
    handOff: wireHandOff(await store.handOff(session.conversationId)),
    ...(grants.length > 0 && { grants: wireGrants(grants) }),
  };
  return immediateResponse(requestId, 200, message, data, now());
}
