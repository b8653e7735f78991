import { kindOf } from "./conversation-kind.js";
import type {
  ConversationOverview,
  ConversationOwner,
  ConversationReach,
  ConversationStore,
} from "./conversation-store.js";
import type { Database, Tables } from "./database.js";
import type { Prisma } from "./generated/sqlite/client.js";
import { SAID } from "./message-table.js";

/** The conversations as their visitors see them from outside. */
export function conversationTable(database: Database): ConversationStore {
  return {
    conversations: (reach, limit) =>
      database.read(async (tables) => {
        const { owners, conversationIds } = reach;
        if (owners.length + conversationIds.length === 0) return [];
        const rows = await tables.conversation.findMany({
          where: { OR: [...owners.map(ownedBy), { id: { in: [...conversationIds] } }] },
          orderBy: [{ updatedAt: "desc" }, { id: "desc" }],
          take: limit,
          select: { id: true, title: true, updatedAt: true },
        });
        return overviews(tables, rows);
      }),

    renameConversation: (id, title, reach) =>
      database.transact((tables) =>
        changeQuietly(tables, { id, ...ownedWithin(reach) }, { title, titledBy: "visitor" }),
      ),
  };
}

/**
 * Changes a conversation without counting as activity, which any other update does: `updatedAt` stays.
 *
 * @returns false when none is as `where` says; of two that exclude each other, one alone changes it
 */
export async function changeQuietly(
  tables: Tables,
  where: Prisma.ConversationWhereInput,
  data: Omit<Prisma.ConversationUpdateManyMutationInput, "updatedAt">,
): Promise<boolean> {
  for (;;) {
    const row = await tables.conversation.findFirst({ where, select: { updatedAt: true } });
    if (!row) return false;
    // A message that came meanwhile has moved it: its time must not be set back.
    const { count } = await tables.conversation.updateMany({
      where: { AND: [where, row] },
      data: { ...data, updatedAt: row.updatedAt },
    });
    if (count > 0) return true;
  }
}

function ownedWithin({ owners, conversationIds }: ConversationReach) {
  return { OR: [...owners.map(ownedBy), { ownerId: null, id: { in: [...conversationIds] } }] };
}

function ownedBy({ isPrincipal, ...owner }: ConversationOwner): Prisma.ConversationWhereInput {
  return { ...owner, ...kindOf(isPrincipal) };
}

async function overviews(
  tables: Tables,
  rows: Pick<ConversationOverview, "id" | "title" | "updatedAt">[],
): Promise<ConversationOverview[]> {
  const conversationId = { in: rows.map(({ id }) => id) };
  const counts = await tables.message.groupBy({
    by: ["conversationId"],
    where: { conversationId, ...SAID },
    _count: { _all: true },
  });
  const firsts = await tables.message.groupBy({
    by: ["conversationId"],
    where: { conversationId, direction: "inbound" },
    _min: { seq: true },
  });
  const first = firsts.map(({ conversationId: id, _min }) => ({
    conversationId: id,
    seq: _min.seq ?? 0,
  }));
  const said = await tables.message.findMany({
    where: { OR: first },
    select: { conversationId: true, text: true },
  });
  const countOf = new Map(counts.map((each) => [each.conversationId, each._count._all]));
  const textOf = new Map(said.map((each) => [each.conversationId, each.text]));
  return rows.map((row) => ({
    ...row,
    firstMessage: textOf.get(row.id) ?? null,
    messageCount: countOf.get(row.id) ?? 0,
  }));
}
