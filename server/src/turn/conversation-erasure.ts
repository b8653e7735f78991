import { setImmediate } from "node:timers/promises";
import { ConflictError } from "../store/storage-error.js";
import { cancelUnattended, endSessions, type SessionEndingPorts } from "./session-ending.js";

/** Why sessions end whose conversation is deleted. */
const DELETED = "deleted";

/**
 * Deletes a conversation of an organization with everything under it; who has it open is sent away first.
 *
 * @returns false when the organization has none of this id
 * @throws {ConflictError} when its visitor keeps coming back faster than it can be deleted
 */
export async function eraseConversation(
  organizationId: string,
  conversationId: string,
  ports: SessionEndingPorts,
): Promise<boolean> {
  const { store, turns } = ports;
  for (let round = 0; round < ROUNDS; round += 1) {
    await endSessions({ kind: "conversation", organizationId, conversationId }, DELETED, ports);
    const done = await store.deleteConversation({ organizationId, conversationId });
    if (done !== "busy") return done === "deleted";
    // A turn outlived its sessions, as one that a crash came between.
    const { active } = await store.currentTurns(conversationId);
    if (active) await turns.cancel(active);
  }
  throw new ConflictError("The conversation");
}

/** What was deleted. */
export interface Erasure {
  conversations: number;
}

/**
 * Deletes a verified visitor: their conversations with everything under them, their sessions elsewhere,
 * and their identity in what is kept apart. Who is not known is deleted already. Repeated after a crash,
 * it goes on.
 */
export async function eraseVisitor(
  organizationId: string,
  userId: string,
  ports: SessionEndingPorts,
): Promise<Erasure> {
  const { store } = ports;
  let conversations = 0;
  await endSessions({ kind: "visitor", organizationId, userId }, DELETED, ports);
  for (;;) {
    const ids = await store.visitorConversations(organizationId, userId);
    if (ids.length === 0) break;
    for (const id of ids) {
      if (await eraseConversation(organizationId, id, ports)) conversations += 1;
      await setImmediate();
    }
  }
  await cancelUnattended(ports);
  await store.forgetVisitor(organizationId, userId);
  return { conversations };
}

/**
 * Deletes conversations in which nothing happened since `before`, and the counts of signatures and of
 * contacts that are over. One with a turn that runs or is parked stays. A connection that still holds a
 * session of one is sent away by the watch.
 *
 * @param organizationId whose conversations; everybody's when absent
 * @param isWanted asked before each batch; false leaves the rest to the next sweep
 * @returns how many conversations were deleted
 */
export async function eraseIdle(
  before: Date,
  { store, now }: Pick<SessionEndingPorts, "store" | "now">,
  organizationId?: string,
  isWanted: () => boolean = () => true,
): Promise<number> {
  await store.deleteExpiredSignatures(new Date(now()));
  await store.deleteLapsedOtpContacts(new Date(now()));
  let conversations = 0;
  while (isWanted()) {
    const ids = await store.idleConversations(before, BATCH, organizationId);
    let deleted = 0;
    for (const conversationId of ids) {
      const done = await store.deleteConversation({ conversationId, idleSince: before });
      if (done === "deleted") deleted += 1;
      await setImmediate();
    }
    conversations += deleted;
    if (deleted === 0) break;
  }
  return conversations;
}

const ROUNDS = 20;
/** Conversations that are looked up at once. */
const BATCH = 100;
