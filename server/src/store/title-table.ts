import { changeQuietly } from "./conversation-table.js";
import type { Database } from "./database.js";
import type { TitleStore } from "./title-store.js";

/** The title of a conversation: two columns of its row. */
export function titleTable(database: Database): TitleStore {
  return {
    title: (id) =>
      database.run(async (tables) => {
        const row = await tables.conversation.findUnique({
          where: { id },
          select: { title: true },
        });
        return row?.title ?? null;
      }),

    setTitle: (id, title) =>
      database.transact((tables) => {
        const mayBe = { OR: [{ titledBy: null }, { titledBy: "model" }] };
        return changeQuietly(tables, { id, ...mayBe }, { title, titledBy: "model" });
      }),
  };
}
