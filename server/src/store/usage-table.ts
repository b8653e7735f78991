import { randomUUID } from "node:crypto";
import type { Usage } from "@smooth-agent/protocol";
import type { Database, Tables } from "./database.js";
import {
  USAGE_ROWS,
  type UsageEntry,
  type UsageKey,
  type UsageQuery,
  type UsageStore,
  type UsageSum,
} from "./usage-store.js";

/** The ledger of what models were used for: one row per turn, and per call beside a turn. */
export function usageTable(database: Database): UsageStore {
  return {
    recordUsage: (entry) => database.run((tables) => addUsage(tables, entry)),

    usageOfTurn: (turn) => database.run((tables) => usageOfTurn(tables, turn)),

    usage: ({ by, ...query }) =>
      database.read((tables) =>
        by === "day" ? sumsByDay(tables, query) : sumsBy(tables, COLUMNS[by], query),
      ),

    costOf: ({ organizationId, conversationId, userId, since }) =>
      database.run(async (tables) => {
        const { _sum } = await tables.usageEntry.aggregate({
          where: { organizationId, conversationId, userId, at: { gte: since } },
          _sum: { costUsd: true },
        });
        return _sum.costUsd ?? 0;
      }),
  };
}

/** Adds an entry in a transaction of the caller's. */
export async function addUsage(tables: Tables, entry: UsageEntry): Promise<void> {
  const { promptTokens, completionTokens, costUsd, ...rest } = entry;
  await tables.usageEntry.create({
    data: {
      ...rest,
      id: randomUUID(),
      promptTokens: countOf(promptTokens),
      completionTokens: countOf(completionTokens),
      costUsd: Number.isFinite(costUsd) ? Math.max(costUsd, 0) : 0,
    },
  });
}

/** What the calls beside a turn used. */
export function usageOfTurn(
  tables: Tables,
  { id: turnId, conversationId }: { id: string; conversationId: string },
): Promise<Usage[]> {
  return tables.usageEntry.findMany({
    where: { conversationId, turnId, purpose: { not: "answer" } },
    select: { promptTokens: true, completionTokens: true, costUsd: true },
  });
}

/** What fits into an integer column: a model's server may report anything. */
export function countOf(tokens: number): number {
  return Number.isFinite(tokens) ? Math.min(Math.max(Math.round(tokens), 0), 2 ** 31 - 1) : 0;
}

const COLUMNS = {
  agent: "agentId",
  visitor: "userId",
  conversation: "conversationId",
  model: "model",
} as const satisfies Record<Exclude<UsageKey, "day">, string>;

type Range = Omit<UsageQuery, "by">;

const SUMMED = {
  _sum: { promptTokens: true, completionTokens: true, costUsd: true },
  _count: { _all: true },
} as const;

async function sumsBy(
  tables: Tables,
  column: (typeof COLUMNS)[keyof typeof COLUMNS],
  range: Range,
): Promise<UsageSum[]> {
  const rows = await tables.usageEntry.groupBy({
    by: [column],
    where: whereOf(range),
    ...SUMMED,
    orderBy: { _sum: { costUsd: "desc" } },
    take: USAGE_ROWS,
  });
  return rows.map((row) => sumOf(row[column] ?? null, row));
}

// No function for the day of an instant is the same in both databases: each day is summed by itself.
async function sumsByDay(tables: Tables, range: Range): Promise<UsageSum[]> {
  const days: UsageSum[] = [];
  let { to } = range;
  while (days.length < USAGE_ROWS) {
    const newest = await tables.usageEntry.findFirst({
      where: whereOf({ ...range, to }),
      orderBy: { at: "desc" },
      select: { at: true },
    });
    if (!newest) break;
    const day = newest.at.toISOString().slice(0, 10);
    const from = new Date(Math.max(Date.parse(day), range.from?.getTime() ?? -Infinity));
    const where = whereOf({ ...range, from, to });
    days.push(sumOf(day, await tables.usageEntry.aggregate({ where, ...SUMMED })));
    to = new Date(day);
  }
  return days;
}

function whereOf({ organizationId, from, to }: Range) {
  return { organizationId, at: { gte: from, lt: to } };
}

function sumOf(
  key: string | null,
  row: {
    _sum: {
      promptTokens: number | null;
      completionTokens: number | null;
      costUsd: number | null;
    };
    _count: { _all: number };
  },
): UsageSum {
  const { promptTokens, completionTokens, costUsd } = row._sum;
  return {
    key,
    entries: row._count._all,
    promptTokens: promptTokens ?? 0,
    completionTokens: completionTokens ?? 0,
    costUsd: costUsd ?? 0,
  };
}
