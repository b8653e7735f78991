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
      database.run(async (tables) => {
        const { count } = await tables.conversation.updateMany({
          where: { id, OR: [{ titledBy: null }, { titledBy: "model" }] },
          data: { title, titledBy: "model" },
        });
        return count === 1;
      }),
  };
}
