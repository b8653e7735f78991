import { randomUUID } from "node:crypto";
import type { Database, Tables } from "./database.js";
import { provenUser } from "./decision-table.js";
import { GRANT_ROWS, type GrantStore, type NewGrant } from "./grant-store.js";
import type { GrantRecord } from "./records.js";

/** What visitors need not be asked again; written with the verdict that grants it. */
export function grantTable(database: Database): GrantStore {
  return {
    grants: (conversationId) => database.run((tables) => liveGrants(tables, conversationId)),

    revokeGrant: (conversationId, grantId) =>
      database.transact(async (tables) => {
        const { count } = await tables.grant.updateMany({
          where: { id: grantId, conversationId, endedAt: null },
          data: { endedAt: new Date(), endedReason: "revoked" },
        });
        return count === 0 ? null : liveGrants(tables, conversationId);
      }),
  };
}

/**
 * Grants what was approved, in the transaction of the verdict, which holds the session.
 *
 * @returns all that holds now
 */
export async function addGrant(
  tables: Tables,
  { toolCallId, sessionId, now }: { toolCallId: string; sessionId: string; now: Date },
  grant: NewGrant,
): Promise<GrantRecord[]> {
  const { name: toolName } = await tables.toolCall.findUniqueOrThrow({ where: { id: toolCallId } });
  const session = await tables.session.findUniqueOrThrow({ where: { id: sessionId } });
  const { conversationId } = session;
  const userId = session.userId ?? (await provenUser(tables, sessionId, now));
  const whose = { conversationId, sessionId, userId };
  await tables.grant.create({
    data: { ...grant, ...whose, id: randomUUID(), toolName, toolCallId },
  });
  return liveGrants(tables, conversationId);
}

/**
 * Holds a grant of a turn's conversation until the transaction ends, so that what it lets run begins
 * before it is revoked or not at all.
 *
 * @returns null when it has ended
 */
export async function holdGrant(
  tables: Tables,
  turnId: string,
  grantId: string,
): Promise<GrantRecord | null> {
  const { conversationId } = await tables.turn.findUniqueOrThrow({ where: { id: turnId } });
  const [held] = await tables.grant.updateManyAndReturn({
    where: { id: grantId, conversationId, endedAt: null },
    data: { endedAt: null },
  });
  return held ? grantRecord(held) : null;
}

/** Ends all that holds in a conversation, in a transaction of the caller's. */
export async function endGrants(
  tables: Tables,
  conversationId: string,
  endedReason: string,
): Promise<void> {
  await tables.grant.updateMany({
    where: { conversationId, endedAt: null },
    data: { endedAt: new Date(), endedReason },
  });
}

async function liveGrants(tables: Tables, conversationId: string): Promise<GrantRecord[]> {
  const rows = await tables.grant.findMany({
    where: { conversationId, endedAt: null },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: GRANT_ROWS,
  });
  return rows.toReversed().map(grantRecord);
}

function grantRecord({
  endedAt: _,
  endedReason: __,
  ...grant
}: GrantRecord & { endedAt: Date | null; endedReason: string | null }): GrantRecord {
  return grant;
}
