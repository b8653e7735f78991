import type { Prisma } from "./generated/sqlite/client.js";
import type { Database, Tables } from "./database.js";
import type { MessageRecord, PastMessage, TurnWithSteps } from "./records.js";
import type { MessageStore } from "./message-store.js";
import { endedState, TURN_INCLUDE, turnWithSteps } from "./turn-row.js";

/** The messages of a conversation, ordered by their seq. */
export function messageTable(database: Database): MessageStore {
  return {
    messages: ({ conversationId, limit, cursor, all }) =>
      database.read(async (tables) => {
        const wanted = all ? { conversationId } : { conversationId, ...SAID };
        let before: number | undefined;
        if (cursor !== undefined) {
          const last = await tables.message.findFirst({ where: { id: cursor, conversationId } });
          if (!last) return null;
          before = last.seq;
        }
        const rows = await tables.message.findMany({
          where: { ...wanted, seq: { lt: before } },
          orderBy: { seq: "desc" },
          take: limit + 1,
          include: { participant: true },
        });
        const page = rows.slice(0, limit);
        const nextCursor = rows.length > limit ? (page.at(-1)?.id ?? null) : null;
        const turns = await turnsOf(tables, all ? page : []);
        return { messages: page.map((row) => pastMessage(row, turns)), nextCursor };
      }),
  };
}

/** What core history shows: every message of a visitor, and whole answers that said something. */
export const SAID = { status: "completed", text: { not: "" } } as const;

type MessageRow = Prisma.MessageGetPayload<{ include: { participant: true } }>;

export function messageRecord(row: Omit<MessageRow, "participant">): MessageRecord {
  return {
    id: row.id,
    conversationId: row.conversationId,
    direction: row.direction === "inbound" ? "inbound" : "outbound",
    text: row.text,
    createdAt: row.createdAt,
  };
}

async function turnsOf(
  tables: Tables,
  messages: readonly MessageRow[],
): Promise<Map<string, TurnWithSteps>> {
  const ids = messages.flatMap(({ turnId }) => turnId ?? []);
  if (ids.length === 0) return new Map();
  const rows = await tables.turn.findMany({
    where: { id: { in: [...new Set(ids)] } },
    include: TURN_INCLUDE,
  });
  return new Map(rows.map((row) => [row.id, turnWithSteps(row)]));
}

function pastMessage(row: MessageRow, turns: ReadonlyMap<string, TurnWithSteps>): PastMessage {
  return {
    ...messageRecord(row),
    status: endedState(row.status),
    from: { type: row.participant.type, name: row.participant.name },
    turn: turns.get(row.turnId ?? "") ?? null,
  };
}
