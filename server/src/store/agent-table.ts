import type { AgentChange, AgentStore, DeletedAgent, Expected, SavedAgent } from "./agent-store.js";
import type { Database, Tables } from "./database.js";
import { ConflictError, StorageError } from "./storage-error.js";

/** The agents that the host keeps in the database. */
export function agentTable(database: Database): AgentStore {
  return {
    agentRow: (agentId) =>
      database.run((tables) => tables.agent.findUnique({ where: { id: agentId } })),

    agentRows: ({ organizationId, limit, cursor }) =>
      database.run(async (tables) => {
        const rows = await tables.agent.findMany({
          where: { organizationId, id: { gt: cursor } },
          orderBy: { id: "asc" },
          take: limit + 1,
        });
        const agents = rows.slice(0, limit);
        return { agents, nextCursor: rows.length > limit ? (agents.at(-1)?.id ?? null) : null };
      }),

    saveAgent: (change) =>
      unlessRaced(() => database.transact((tables) => saveAgent(tables, change))),

    deleteAgent: (id, organizationId, expected) =>
      unlessRaced(() =>
        database.transact((tables) => deleteAgent(tables, id, organizationId, expected)),
      ),
  };
}

async function saveAgent(tables: Tables, change: AgentChange): Promise<SavedAgent> {
  const { id, organizationId, parts, expected } = change;
  const before = await tables.agent.findUnique({ where: { id } });
  if (before && before.organizationId !== organizationId) return { outcome: "foreign" };
  if (!meets(expected, before)) return { outcome: "stale" };
  if (!before) {
    const agent = await tables.agent.create({ data: { ...parts, id, organizationId } });
    return { outcome: "created", agent };
  }
  // Two changes in one millisecond are told apart: the later one has the later instant.
  const updatedAt = new Date(Math.max(Date.now(), before.updatedAt.getTime() + 1));
  const { count } = await tables.agent.updateMany({
    where: { id, organizationId, updatedAt: before.updatedAt },
    data: { ...parts, updatedAt },
  });
  if (count === 0) throw new ConflictError("The agent");
  return { outcome: "updated", agent: await tables.agent.findUniqueOrThrow({ where: { id } }) };
}

async function deleteAgent(
  tables: Tables,
  id: string,
  organizationId: string,
  expected: Expected,
): Promise<DeletedAgent> {
  const before = await tables.agent.findFirst({ where: { id, organizationId } });
  if (!before) return "unknown";
  if (!meets(expected, before)) return "stale";
  const { updatedAt } = before;
  const { count } = await tables.agent.deleteMany({ where: { id, organizationId, updatedAt } });
  if (count === 0) throw new ConflictError("The agent");
  return "deleted";
}

function meets(expected: Expected, row: { updatedAt: Date } | null): boolean {
  if (expected === undefined) return true;
  if (expected === "absent") return row === null;
  if (expected === "present") return row !== null;
  return expected.some((instant) => instant.getTime() === row?.updatedAt.getTime());
}

/** How often a change that somebody else was faster with is tried on what is there then. */
const TRIES = 20;

async function unlessRaced<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === TRIES || !isRaced(error)) throw error;
    }
  }
}

function isRaced(error: unknown): boolean {
  if (error instanceof ConflictError) return true;
  const cause = error instanceof StorageError ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "P2002";
}
