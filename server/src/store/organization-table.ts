import type { Database } from "./database.js";
import type { OrganizationStore } from "./organization-store.js";

/** The organizations, each with what it has of its own. */
export function organizationTable(database: Database): OrganizationStore {
  return {
    organization: (id) =>
      database.run(async (tables) => {
        const row = await tables.organization.findUnique({ where: { id } });
        return row && { id: row.id, persona: row.persona, budgetUsd: row.budgetUsd };
      }),
  };
}
