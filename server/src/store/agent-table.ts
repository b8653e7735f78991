import type { AgentStore } from "./agent-store.js";
import type { Database } from "./database.js";

/** The agents that the host keeps in the database. */
export function agentTable(database: Database): AgentStore {
  return {
    agentRow: (agentId) =>
      database.run((tables) => tables.agent.findUnique({ where: { id: agentId } })),
  };
}
