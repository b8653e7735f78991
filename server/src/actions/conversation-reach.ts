import type { SessionRecord } from "../store/records.js";
import type { ConversationOwner, ConversationReach } from "../store/store.js";
import type { Caller } from "./caller.js";

/**
 * The conversations that a caller has by the sessions of its connection: all of a verified user with
 * that agent in that organization; without one, those alone that the sessions are of.
 */
export function conversationReach(caller: Caller): ConversationReach {
  const owners = new Map<string, ConversationOwner>();
  const conversationIds: string[] = [];
  for (const session of caller.sessions()) {
    const owner = ownerOf(session);
    if (owner) owners.set(JSON.stringify(Object.values(owner)), owner);
    else conversationIds.push(session.conversationId);
  }
  return { owners: [...owners.values()], conversationIds };
}

function ownerOf({
  organizationId,
  agentId,
  userId,
  role,
}: SessionRecord): ConversationOwner | null {
  if (userId === null) return null;
  return { organizationId, agentId, ownerId: userId, isPrincipal: role !== null };
}
