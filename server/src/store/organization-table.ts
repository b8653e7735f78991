import type { Database } from "./database.js";
import type { OrganizationRecord, OrganizationStore } from "./organization-store.js";

/** The organizations, each with what it has of its own. */
export function organizationTable(database: Database): OrganizationStore {
  return {
    organization: (id) =>
      database.run(async (tables) => {
        const row = await tables.organization.findUnique({ where: { id } });
        return row && record(row);
      }),

    saveOrganization: ({ id, persona, budgetUsd }) =>
      database.run(async (tables) => {
        const create = { id, persona, budgetUsd };
        // With an empty `update` it would be no single statement, and two first writers would race.
        return record(await tables.organization.upsert({ where: { id }, create, update: create }));
      }),
  };
}

function record({ id, persona, budgetUsd }: OrganizationRecord): OrganizationRecord {
  return { id, persona, budgetUsd };
}
