import { changeQuietly } from "./conversation-table.js";
import type { Database } from "./database.js";
import type { OutcomeStore } from "./outcome-store.js";

/** How the matter of a conversation stands: two columns of its row. */
export function outcomeTable(database: Database): OutcomeStore {
  return {
    setOutcome: (id, { resolution, needsEscalation }) =>
      database.transact(async (tables) => {
        await changeQuietly(tables, { id }, { resolution, needsEscalation });
      }),

    outcome: (id) =>
      database.read((tables) =>
        tables.conversation.findUnique({
          where: { id },
          select: { resolution: true, needsEscalation: true },
        }),
      ),
  };
}
