import { changeQuietly } from "./conversation-table.js";
import type { Database, Tables } from "./database.js";
import type { HandOffStep, HandOffStore } from "./hand-off-store.js";
import type { HandOffRecord, HandOffState } from "./records.js";
import { turnRecord } from "./turn-row.js";
import { SWEEP_ROWS } from "./turn-store.js";

/** How far conversations are on their way from the agent to a person, in their own rows. */
export function handOffTable(database: Database): HandOffStore {
  return {
    handOff: (conversationId) =>
      database.run(async (tables) => {
        const row = await tables.conversation.findUnique({
          where: { id: conversationId },
          select: COLUMNS,
        });
        return row && handOffRecord(row);
      }),

    changeHandOff: (step) =>
      database.transact(async (tables) => {
        const { conversationId: id, organizationId } = step;
        const changed = await move(tables, step);
        const row = await tables.conversation.findFirst({
          where: { id, organizationId },
          select: COLUMNS,
        });
        return row && { isChanged: changed, handOff: handOffRecord(row) };
      }),

    overtakenTurns: () =>
      database.run(async (tables) => {
        const rows = await tables.turn.findMany({
          where: { state: "parked", conversation: { handOff: "active" } },
          take: SWEEP_ROWS,
        });
        return rows.map(turnRecord);
      }),
  };
}

function move(tables: Tables, step: HandOffStep): Promise<boolean> {
  const { conversationId: id, organizationId, from, to, name, reason, at } = step;
  const stays = from.some((state) => state !== null && state === to);
  const states = from.filter((state) => state !== null && state !== to) as HandOffState[];
  const mayMove = [
    ...(from.includes(null) ? [{ handOff: null }] : []),
    { handOff: { in: states } },
    ...(stays ? [{ handOff: to, handOffName: { not: name ?? "" } }] : []),
  ];
  return changeQuietly(
    tables,
    { id, organizationId, OR: mayMove },
    {
      handOff: to,
      handOffName: name,
      handOffAt: to && at,
      handOffReason: to === null ? null : reason,
    },
  );
}

const COLUMNS = { handOff: true, handOffName: true, handOffReason: true, handOffAt: true } as const;

interface HandOffRow {
  handOff: string | null;
  handOffName: string | null;
  handOffReason: string | null;
  handOffAt: Date | null;
}

function handOffRecord(row: HandOffRow): HandOffRecord | null {
  if (row.handOff === null) return null;
  const { handOffName: name, handOffReason: reason, handOffAt: at } = row;
  return { state: handOffState(row.handOff), name, reason, at };
}

const HAND_OFF_STATES: readonly HandOffState[] = ["requested", "waiting", "active"];

function handOffState(value: string): HandOffState {
  const state = HAND_OFF_STATES.find((known) => known === value);
  if (!state) throw new Error(`The database has a hand-off in the unknown state ${value}.`);
  return state;
}
