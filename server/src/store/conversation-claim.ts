import { changeQuietly } from "./conversation-table.js";
import type { Tables } from "./database.js";
import { endGrants } from "./grant-table.js";
import { forgetCodes } from "./otp-table.js";
import { holdActive } from "./session-end-table.js";
import type { SessionClaim } from "./session-store.js";

/**
 * Makes a session the verified user's, and the conversation that nobody owned with it.
 *
 * Whatever somebody else had allowed in it has to be asked again.
 *
 * @returns false when the session has ended, or it or its conversation is somebody else's: both stay theirs
 */
export async function claimConversation(
  tables: Tables,
  { sessionId, userId, userName, userEmail }: SessionClaim,
): Promise<boolean> {
  if (!(await holdActive(tables, sessionId))) return false;
  const session = await tables.session.findUnique({ where: { id: sessionId } });
  if (!session || session.role !== null) return false;
  if (session.userId === userId) return true;
  const { conversationId, userParticipantId } = session;
  await endGrants(tables, conversationId, "user_changed");
  if (session.userId !== null) return false;
  // Of several users at once the first one's update makes this false for all others.
  const isFree = { OR: [{ ownerId: null }, { ownerId: userId }] };
  const isOwn = await changeQuietly(tables, { id: conversationId, ...isFree }, { ownerId: userId });
  if (!isOwn) return false;
  // Whom a code proved them to be before counts no more.
  await forgetCodes(tables, { id: sessionId });
  await tables.session.updateMany({ where: { id: sessionId, userId: null }, data: { userId } });
  await tables.participant.updateMany({
    where: { id: userParticipantId, externalId: null },
    data: { externalId: userId, name: userName ?? undefined, email: userEmail ?? undefined },
  });
  return true;
}
