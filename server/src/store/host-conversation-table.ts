import type { Prisma } from "./generated/sqlite/client.js";
import { changeQuietly } from "./conversation-table.js";
import type { Database, Tables } from "./database.js";
import type {
  HostConversation,
  HostConversationDetail,
  HostConversationQuery,
  HostConversationStore,
} from "./host-conversation-store.js";
import { SAID } from "./message-table.js";
import { placeAfter, placeOf } from "./page-place.js";

/** Conversations as the host looks at them. */
export function hostConversationTable(database: Database): HostConversationStore {
  return {
    hostConversations: ({ limit, cursor, ...query }) =>
      database.read(async (tables) => {
        const last = cursor === undefined ? undefined : placeAfter(cursor);
        if (last === null) return null;
        const rows = await tables.conversation.findMany({
          where: last ? { AND: [filterOf(query), olderThan(last)] } : filterOf(query),
          orderBy: [{ updatedAt: "desc" }, { id: "desc" }],
          take: limit + 1,
          include: INCLUDE,
        });
        const page = rows.slice(0, limit);
        const conversations = await withTurns(tables, page);
        const end = rows.length > limit ? page.at(-1) : undefined;
        return { conversations, nextCursor: end ? placeOf(end.updatedAt, end.id) : null };
      }),

    hostConversation: (organizationId, id) =>
      database.read(async (tables) => {
        const row = await tables.conversation.findFirst({
          where: { id, organizationId },
          include: INCLUDE,
        });
        return row && detailOf(tables, row);
      }),

    nameConversation: (organizationId, id, title) =>
      database.transact((tables) =>
        changeQuietly(tables, { id, organizationId }, { title, titledBy: "host" }),
      ),
  };
}

const INCLUDE = {
  _count: { select: { messages: { where: SAID } } },
} as const satisfies Prisma.ConversationInclude;

type Row = Prisma.ConversationGetPayload<{ include: typeof INCLUDE }>;

function filterOf(
  query: Omit<HostConversationQuery, "limit" | "cursor">,
): Prisma.ConversationWhereInput {
  const { organizationId, agentId, ownerId, handOff, needsEscalation, since, until } = query;
  return {
    organizationId,
    agentId,
    ownerId,
    updatedAt: { gte: since, lt: until },
    AND: [
      handOff ? { OR: handOff.map((state) => ({ handOff: state })) } : {},
      // Nothing was said of it yet: that is no escalation.
      needsEscalation === false
        ? { OR: [{ needsEscalation: false }, { needsEscalation: null }] }
        : {},
      needsEscalation === true ? { needsEscalation: true } : {},
    ],
  };
}

function olderThan({ at, id }: { at: Date; id: string }): Prisma.ConversationWhereInput {
  return { OR: [{ updatedAt: { lt: at } }, { updatedAt: at, id: { lt: id } }] };
}

async function withTurns(tables: Tables, rows: readonly Row[]): Promise<HostConversation[]> {
  const ids = rows.flatMap(({ activeTurnId }) => activeTurnId ?? []);
  const turns =
    ids.length === 0
      ? []
      : await tables.turn.findMany({
          where: { id: { in: ids } },
          select: { id: true, state: true },
        });
  const states = new Map(turns.map(({ id, state }) => [id, state]));
  return rows.map((row) => ({
    id: row.id,
    agentId: row.agentId,
    ownerId: row.ownerId,
    title: row.title,
    titledBy: row.titledBy,
    handOff: row.handOff,
    handOffReason: row.handOffReason,
    handOffName: row.handOffName,
    handOffAt: row.handOffAt,
    resolution: row.resolution,
    needsEscalation: row.needsEscalation,
    turnState: states.get(row.activeTurnId ?? "") ?? null,
    messageCount: row._count.messages,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }));
}

async function detailOf(tables: Tables, row: Row): Promise<HostConversationDetail | null> {
  const conversationId = row.id;
  const [conversation] = await withTurns(tables, [row]);
  if (!conversation) return null;
  const participants = await tables.participant.findMany({
    where: { conversationId },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { id: true, type: true, name: true, externalId: true, email: true },
  });
  const workflow = await tables.workflowState.findUnique({
    where: { conversationId_agentId: { conversationId, agentId: row.agentId } },
    select: { stepId: true, holds: true },
  });
  const { _sum: sum } = await tables.usageEntry.aggregate({
    where: { conversationId },
    _sum: { promptTokens: true, completionTokens: true, costUsd: true },
  });
  const usage = {
    promptTokens: sum.promptTokens ?? 0,
    completionTokens: sum.completionTokens ?? 0,
    costUsd: sum.costUsd ?? 0,
  };
  return { ...conversation, participants, workflow, usage };
}
