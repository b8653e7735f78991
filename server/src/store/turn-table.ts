import { randomUUID } from "node:crypto";
import type { Database, Tables } from "./database.js";
import { messageRecord } from "./message-table.js";
import { ConflictError } from "./storage-error.js";
import type { NewTurn, Store, TurnEnd } from "./store.js";
import { TURN_INCLUDE, turnRecord, turnWithSteps } from "./turn-row.js";

type TurnStore = Pick<
  Store,
  | "beginTurn"
  | "turn"
  | "turnOfRequest"
  | "currentTurns"
  | "pastTurns"
  | "claimTurn"
  | "releaseTurn"
  | "abandonedTurns"
  | "expiredTurns"
  | "addStep"
  | "endTurn"
>;

const LIVE_STATES = ["running", "parked"];

/** The turns and the model steps they persist. */
export function turnTable(database: Database): TurnStore {
  return {
    beginTurn: (input) =>
      database.transact(async (tables) => {
        const { conversationId, requestId } = input;
        const known = await tables.turn.findUnique({
          where: { conversationId_requestId: { conversationId, requestId } },
        });
        if (known) return { outcome: "duplicate" };
        const turnId = randomUUID();
        const won = await tables.conversation.updateMany({
          where: { id: conversationId, activeTurnId: null },
          data: { activeTurnId: turnId, nextSeq: { increment: 1 } },
        });
        if (won.count === 0) return { outcome: "busy" };
        return { outcome: "started", ...(await insertTurn(tables, turnId, input)) };
      }),

    turn: (turnId) =>
      database.run(async (tables) => {
        const row = await tables.turn.findUnique({ where: { id: turnId }, include: TURN_INCLUDE });
        return row && turnWithSteps(row);
      }),

    turnOfRequest: (conversationId, requestId) =>
      database.run(async (tables) => {
        const row = await tables.turn.findUnique({
          where: { conversationId_requestId: { conversationId, requestId } },
          include: TURN_INCLUDE,
        });
        return row && turnWithSteps(row);
      }),

    currentTurns: (conversationId) =>
      database.run(async (tables) => {
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

    pastTurns: (conversationId, limit) =>
      database.run(async (tables) => {
        const rows = await tables.turn.findMany({
          where: { conversationId, state: { notIn: LIVE_STATES } },
          orderBy: { seq: "desc" },
          take: limit,
          include: TURN_INCLUDE,
        });
        return rows.map(turnWithSteps);
      }),

    claimTurn: (turnId, owner) =>
      database.run(async (tables) => {
        const claimed = await tables.turn.updateMany({
          where: { id: turnId, state: "running", NOT: { owner } },
          data: { owner, attempts: { increment: 1 } },
        });
        return claimed.count === 1;
      }),

    releaseTurn: (turnId, owner) =>
      database.run(async (tables) => {
        await tables.turn.updateMany({
          where: { id: turnId, state: "running", owner },
          data: { attempts: 0 },
        });
      }),

    abandonedTurns: (owner) =>
      database.run(async (tables) => {
        const rows = await tables.turn.findMany({
          where: { state: "running", NOT: { owner } },
          orderBy: { createdAt: "asc" },
          select: { id: true },
        });
        return rows.map(({ id }) => id);
      }),

    expiredTurns: (now) =>
      database.run(async (tables) => {
        const rows = await tables.toolCall.findMany({
          where: {
            state: "awaiting",
            expiresAt: { lte: now },
            step: { turn: { state: "parked" } },
          },
          select: { step: { select: { turnId: true } } },
        });
        return rows.map(({ step }) => step.turnId);
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
  };
}

/** @throws {ConflictError} unless `owner` runs the turn */
export async function requireRunning(tables: Tables, turnId: string, owner: string): Promise<void> {
  const mine = await tables.turn.updateMany({
    where: { id: turnId, state: "running", owner },
    data: { owner },
  });
  if (mine.count === 0) throw new ConflictError("The turn");
}

async function insertTurn(tables: Tables, id: string, input: NewTurn) {
  const { conversationId, sessionId, requestId, model, owner } = input;
  const conversation = await tables.conversation.findUniqueOrThrow({
    where: { id: conversationId },
    select: { nextSeq: true },
  });
  // The conditional update that won the turn also reserved this number.
  const seq = conversation.nextSeq - 1;
  const data = { id, conversationId, sessionId, requestId, seq, model, owner };
  const turn = await tables.turn.create({ data: { ...data, attempts: 1, state: "running" } });
  const session = await tables.session.findUniqueOrThrow({ where: { id: sessionId } });
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

async function endTurn(tables: Tables, end: TurnEnd): Promise<boolean> {
  const from =
    end.owner === null ? { state: { in: LIVE_STATES } } : { state: "running", owner: end.owner };
  const ended = await tables.turn.updateMany({
    where: { id: end.turnId, ...from },
    data: {
      state: end.state,
      owner: null,
      terminal: end.terminal,
      endedAt: new Date(),
    },
  });
  if (ended.count === 0) return false;
  await sumUsage(tables, end.turnId);
  const conversation = await tables.conversation.update({
    where: { activeTurnId: end.turnId },
    data: { activeTurnId: null, nextSeq: { increment: end.reply ? 1 : 0 } },
  });
  if (end.reply) {
    await tables.message.create({
      data: {
        ...end.reply,
        conversationId: conversation.id,
        seq: conversation.nextSeq - 1,
        direction: "outbound",
        turnId: end.turnId,
      },
    });
  }
  return true;
}

async function sumUsage(tables: Tables, turnId: string): Promise<void> {
  const { _sum } = await tables.turnStep.aggregate({
    where: { turnId },
    _sum: { promptTokens: true, completionTokens: true, costUsd: true },
  });
  const { promptTokens, completionTokens, costUsd } = _sum;
  await tables.turn.update({
    where: { id: turnId },
    data: {
      promptTokens: promptTokens ?? 0,
      completionTokens: completionTokens ?? 0,
      costUsd: costUsd ?? 0,
    },
  });
}
