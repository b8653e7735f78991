import type { Database } from "./database.js";
import type { MessageRecord } from "./records.js";
import type { Store } from "./store.js";

/** The messages of a conversation, ordered by their seq. */
export function messageTable(database: Database): Pick<Store, "messages"> {
  return {
    messages: (conversationId, limit, cursor) =>
      database.run(async (tables) => {
        let before: number | undefined;
        if (cursor !== undefined) {
          const last = await tables.message.findFirst({ where: { id: cursor, conversationId } });
          if (!last) return null;
          before = last.seq;
        }
        const rows = await tables.message.findMany({
          where: { conversationId, seq: { lt: before } },
          orderBy: { seq: "desc" },
          take: limit + 1,
        });
        const page = rows.slice(0, limit);
        const nextCursor = rows.length > limit ? (page.at(-1)?.id ?? null) : null;
        return { messages: page.map(messageRecord), nextCursor };
      }),
  };
}

export function messageRecord(row: {
  id: string;
  conversationId: string;
  direction: string;
  text: string;
  createdAt: Date;
}): MessageRecord {
  return {
    id: row.id,
    conversationId: row.conversationId,
    direction: row.direction === "inbound" ? "inbound" : "outbound",
    text: row.text,
    createdAt: row.createdAt,
  };
}
