import { randomUUID } from "node:crypto";
import type { Database, Tables } from "./database.js";
import { messageRecord } from "./message-table.js";
import { hasLease, type Leases } from "./process-table.js";
import { holdActive } from "./session-end-table.js";
import { ConflictError } from "./storage-error.js";
import { SWEEP_ROWS, type BeginTurn, type NewTurn, type TurnStore } from "./turn-store.js";
import { addPartial, endTurn, LIVE_STATES } from "./turn-ending.js";
import { TURN_INCLUDE, turnRecord, turnWithSteps } from "./turn-row.js";

/** The turns and the model steps they persist. */
export function turnTable(database: Database, leases: Pick<Leases, "reap">): TurnStore {
  return {
    async beginTurn(input) {
      try {
        return await database.transact((tables) => beginTurn(tables, input));
      } catch (error) {
        // Thrown to undo the winning of the conversation.
        if (error instanceof ConflictError) return { outcome: "duplicate" };
        throw error;
      }
    },

    turn: (turnId) =>
      database.read(async (tables) => {
        const row = await tables.turn.findUnique({ where: { id: turnId }, include: TURN_INCLUDE });
        return row && turnWithSteps(row);
      }),

    turnOfRequest: (conversationId, requestId) =>
      database.read(async (tables) => {
        const row = await tables.turn.findUnique({
          where: { conversationId_requestId: { conversationId, requestId } },
          include: TURN_INCLUDE,
        });
        return row && turnWithSteps(row);
      }),

    currentTurns: (conversationId) =>
      database.read(async (tables) => {
        const active = await tables.turn.findFirst({
          where: { conversationId, state: { in: LIVE_STATES } },
          include: TURN_INCLUDE,
        });
        const last = await tables.turn.findFirst({
          where: { conversationId, state: { notIn: LIVE_STATES } },
          orderBy: { seq: "desc" },
        });
        return { active: active && turnWithSteps(active), last: last && turnRecord(last) };
      }),

    claimTurn: (turnId, owner) =>
      database.transact(async (tables) => {
        const turn = await tables.turn.findUnique({ where: { id: turnId } });
        if (turn?.state !== "running" || (await hasLease(tables, turn.owner))) return false;
        const claimed = await tables.turn.updateMany({
          where: { id: turnId, state: "running", owner: turn.owner, attempts: turn.attempts },
          data: { owner, attempts: { increment: 1 } },
        });
        return claimed.count === 1;
      }),

    releaseTurn: (turnId, owner) =>
      database.run(async (tables) => {
        await tables.turn.updateMany({
          where: { id: turnId, state: "running", owner },
          data: { owner: null, attempts: 0 },
        });
      }),

    abandonedTurns: async (owner) => {
      await leases.reap(owner);
      return database.run(async (tables) => {
        const alive = await tables.serverProcess.findMany({ select: { id: true } });
        const rows = await tables.turn.findMany({
          where: {
            state: "running",
            OR: [{ owner: null }, { owner: { notIn: alive.map(({ id }) => id) } }],
          },
          orderBy: { createdAt: "asc" },
          take: SWEEP_ROWS,
          select: { id: true },
        });
        return rows.map(({ id }) => id);
      });
    },

    ownedTurns: (owner) =>
      database.run(async (tables) => {
        const where = { state: "running", owner };
        const rows = await tables.turn.findMany({ where, take: SWEEP_ROWS, select: { id: true } });
        return rows.map(({ id }) => id);
      }),

    lostTurns: (turnIds, owner) =>
      database.run(async (tables) => {
        // A parked turn is nobody's: its run is about to end by itself, and so is one of an ended turn.
        const lost = [{ state: "cancelled" }, { state: "running", NOT: { owner } }];
        const rows = await tables.turn.findMany({ where: { id: { in: [...turnIds] }, OR: lost } });
        return rows.map(turnRecord);
      }),

    expiredTurns: (now) =>
      database.run(async (tables) => {
        const rows = await tables.toolCall.findMany({
          where: {
            state: "awaiting",
            expiresAt: { lte: now },
            step: { turn: { state: "parked" } },
          },
          orderBy: { expiresAt: "asc" },
          take: SWEEP_ROWS,
          select: {
            expiresAt: true,
            step: { select: { turn: { select: { id: true, conversationId: true } } } },
          },
        });
        return rows.map(({ expiresAt, step: { turn } }) => {
          const { id: turnId, conversationId } = turn;
          return { turnId, conversationId, expiresAt: expiresAt ?? now };
        });
      }),

    addStep: (turnId, owner, { usage, toolCalls, ...step }) =>
      database.transact(async (tables) => {
        await requireRunning(tables, turnId, owner);
        await tables.turnStep.create({
          data: {
            id: randomUUID(),
            turnId,
            ...step,
            ...usage,
            toolCalls: { create: toolCalls },
          },
        });
      }),

    endTurn: (end) => database.transact((tables) => endTurn(tables, end)),

    keepUnfinished: (turnId, text, partial) =>
      database.transact(async (tables) => {
        if (partial) await addPartial(tables, turnId, partial);
        await tables.message.updateMany({
          where: { turnId, direction: "outbound", status: "cancelled" },
          data: { text },
        });
      }),
  };
}

/**
 * Holds a turn's row until the transaction ends, so that nobody ends it or takes it over meanwhile.
 *
 * @throws {ConflictError} unless `owner` runs the turn
 */
export async function requireRunning(tables: Tables, turnId: string, owner: string): Promise<void> {
  const mine = await tables.turn.updateMany({
    where: { id: turnId, state: "running", owner },
    data: { owner },
  });
  if (mine.count === 0) throw new ConflictError("The turn");
}

/** @throws {ConflictError} when the conversation was won for a request that it has seen before */
async function beginTurn(tables: Tables, input: NewTurn): Promise<BeginTurn> {
  const { conversationId, requestId } = input;
  const turnId = randomUUID();
  if (!(await holdActive(tables, input.sessionId))) return { outcome: "ended" };
  const won = await tables.conversation.updateMany({
    where: { id: conversationId, activeTurnId: null },
    data: { activeTurnId: turnId, nextSeq: { increment: 1 } },
  });
  // Read after the update: whoever else begins this request at this moment holds the row till it is stored.
  const known = await tables.turn.findUnique({
    where: { conversationId_requestId: { conversationId, requestId } },
  });
  if (won.count === 0) return { outcome: known ? "duplicate" : "busy" };
  if (known) throw new ConflictError("The request");
  return { outcome: "started", ...(await insertTurn(tables, turnId, input)) };
}

async function insertTurn(tables: Tables, id: string, input: NewTurn) {
  const { conversationId, sessionId, requestId, model, owner } = input;
  const conversation = await tables.conversation.findUniqueOrThrow({
    where: { id: conversationId },
    select: { nextSeq: true },
  });
  // The conditional update that won the turn also reserved this number.
  const seq = conversation.nextSeq - 1;
  const session = await tables.session.findUniqueOrThrow({ where: { id: sessionId } });
  const { context = session.context } = input;
  if (context !== session.context) {
    await tables.session.update({ where: { id: sessionId }, data: { context } });
  }
  const data = { id, conversationId, sessionId, requestId, seq, model, owner, context };
  const turn = await tables.turn.create({ data: { ...data, attempts: 1, state: "running" } });
  const message = await tables.message.create({
    data: {
      id: randomUUID(),
      conversationId,
      seq,
      participantId: session.userParticipantId,
      direction: "inbound",
      text: input.text,
      turnId: id,
    },
  });
  return { turn: turnRecord(turn), message: messageRecord(message) };
}
