import type { Database } from "./database.js";
import type { OutcomeStore } from "./outcome-store.js";

/** How the matter of a conversation stands: two columns of its row. */
export function outcomeTable(database: Database): OutcomeStore {
  return {
    setOutcome: (id, { resolution, needsEscalation }) =>
      database.run(async (tables) => {
        const data = { resolution, needsEscalation };
        await tables.conversation.updateMany({ where: { id }, data });
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
