import type { Database, Tables } from "./database.js";
import type { Prisma } from "./generated/sqlite/client.js";
import { CLAIMED, type SessionEndStore, type SessionSelection } from "./session-end-store.js";
import { LIVE_STATES } from "./turn-ending.js";
import { turnRecord } from "./turn-row.js";
import { SWEEP_ROWS } from "./turn-store.js";

/** The end of sessions, and what it leaves without anybody. */
export function sessionEndTable(database: Database): SessionEndStore {
  return {
    endSessions: (which, reason) =>
      database.transact(async (tables) => {
        const found = await tables.session.findMany({
          where: { ...meant(which), status: "active" },
          select: { id: true },
        });
        if (found.length === 0) return [];
        // Whoever ends them at the same moment has ended them alone.
        return tables.session.updateManyAndReturn({
          where: { id: { in: found.map(({ id }) => id) }, status: "active" },
          data: { status: "ended", endedReason: reason },
          select: { id: true, conversationId: true },
        });
      }),

    endedAmong: (held) =>
      database.run(async (tables) => {
        const rows = await tables.session.findMany({
          where: { id: { in: [...new Set(held.map(({ id }) => id))] } },
          select: { id: true, userId: true, status: true, endedReason: true },
        });
        const known = new Map(rows.map((row) => [row.id, row]));
        return held.flatMap((session) => {
          const row = known.get(session.id);
          if (!row) return [{ session, reason: "deleted" }];
          if (row.status !== "active") return [{ session, reason: row.endedReason ?? "ended" }];
          return row.userId === session.userId ? [] : [{ session, reason: CLAIMED }];
        });
      }),

    unattendedTurns: (conversationIds) =>
      database.run(async (tables) => {
        const rows = await tables.turn.findMany({
          where: {
            state: { in: LIVE_STATES },
            session: { status: { not: "active" } },
            // All sessions but those of principals are of the one visitor that the conversation belongs to.
            OR: [
              { session: { role: { not: null } } },
              { conversation: { sessions: { none: { status: "active", role: null } } } },
            ],
            ...(conversationIds && { conversationId: { in: [...conversationIds] } }),
          },
          take: SWEEP_ROWS,
        });
        return rows.map(turnRecord);
      }),
  };
}

/**
 * Holds an active session's row until the transaction ends, so that what it does is done before its end
 * or not at all.
 *
 * @returns false when it has ended or is gone
 */
export async function holdActive(tables: Tables, sessionId: string): Promise<boolean> {
  const { count } = await tables.session.updateMany({
    where: { id: sessionId, status: "active" },
    data: { lastSeenAt: new Date() },
  });
  return count === 1;
}

function meant(which: SessionSelection): Prisma.SessionWhereInput {
  const conversation = { organizationId: which.organizationId };
  switch (which.kind) {
    case "session":
      return { id: which.sessionId, conversation };
    case "conversation":
      return { conversationId: which.conversationId, conversation };
    case "visitor": {
      const { userId } = which;
      return { conversation, role: null, OR: [{ userId }, { conversation: { ownerId: userId } }] };
    }
    case "organization":
      return { conversation };
  }
}
