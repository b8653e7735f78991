import { closePageCall } from "./client-call-ending.js";
import type {
  AnsweredTurn,
  ClientAnswer,
  ClientCall,
  ClientCallStore,
  ClientClaim,
} from "./client-call-store.js";
import { change, unlessLost } from "./conditional-change.js";
import type { Database, Tables } from "./database.js";
import type { Prisma } from "./generated/sqlite/client.js";
import { holdActive } from "./session-end-table.js";
import { ConflictError } from "./storage-error.js";
import { endTurn, LIVE_STATES } from "./turn-ending.js";
import { holdParked, park, parkedTurn, unpark } from "./turn-parking.js";
import { SWEEP_ROWS } from "./turn-store.js";

/** The calls that pages run. As with all calls, the turn's row comes first where both change. */
export function clientCallTable(database: Database): ClientCallStore {
  return {
    parkForPage: (turnId, owner, toolCallId, until) =>
      database.transact(async (tables) => {
        await park(tables, turnId, owner);
        await change(
          tables.toolCall.updateMany({
            where: { id: toolCallId, state: { in: ["proposed", "approved"] }, step: { turnId } },
            data: { state: "executing", expiresAt: until },
          }),
          "The tool call",
        );
      }),

    clientCall: (sessionId) =>
      database.read(async (tables) => {
        const row = await tables.toolCall.findFirst({
          where: { ...WAITING, step: { turn: { sessionId, state: "parked" } } },
          include: INCLUDE,
        });
        return row && clientCall(row);
      }),

    claimClientCall: (claim) => unlessLost(database.transact((tables) => claimCall(tables, claim))),

    hurryClientCall: (id, connectionId, until) =>
      database.run(async (tables) => {
        await tables.toolCall.updateMany({
          where: {
            id,
            ...WAITING,
            claimedBy: { endsWith: `/${connectionId}` },
            expiresAt: { gt: until },
          },
          data: { expiresAt: until },
        });
      }),

    keepClientCall: (sessionId, timeMs) =>
      database.transact(async (tables) => {
        const call = await tables.toolCall.findFirst({
          where: { ...WAITING, claimedBy: { startsWith: claimOf(sessionId, "") } },
          select: { id: true, startedAt: true },
        });
        if (!call?.startedAt) return;
        const expiresAt = new Date(call.startedAt.getTime() + timeMs);
        await tables.toolCall.updateMany({
          where: { id: call.id, ...WAITING },
          data: { claimedBy: claimOf(sessionId, ""), expiresAt },
        });
      }),

    answerClientCall: (answer) =>
      unlessLost(database.transact((tables) => answerCall(tables, answer))),

    expiredClientCalls: (now) =>
      database.run(async (tables) => {
        const rows = await tables.toolCall.findMany({
          where: { ...WAITING, expiresAt: { lte: now }, step: { turn: { state: "parked" } } },
          orderBy: { expiresAt: "asc" },
          take: SWEEP_ROWS,
          include: INCLUDE,
        });
        return rows.map(({ expiresAt, step: { turn } }) => {
          const { id: turnId, conversationId } = turn;
          return { turnId, conversationId, expiresAt: expiresAt ?? now };
        });
      }),

    expireClientCall: (turnId, now, untold, then) =>
      unlessLost(
        database.transact(async (tables) => {
          const isDue = { ...WAITING, expiresAt: { lte: now } };
          const due = await tables.toolCall.findFirst({
            where: { ...isDue, step: { turn: { id: turnId, state: "parked" } } },
            include: INCLUDE,
          });
          if (!due) return null;
          if ("owner" in then) await unpark(tables, turnId, then.owner);
          else await holdParked(tables, turnId);
          const { id, claimedBy, step } = due;
          const told = claimedBy === null ? untold.unclaimed : untold.claimed;
          // A page may have claimed it, or told of it, since it was read.
          await change(
            tables.toolCall.updateMany({
              where: { ...isDue, id, claimedBy },
              data: { answer: JSON.stringify(told) },
            }),
            "The tool call",
          );
          if ("end" in then) {
            await closePageCall(tables, id, told);
            const end = { ...then.end, turnId, owner: null, state: "completed" } as const;
            if (!(await endTurn(tables, end))) throw new ConflictError("The turn");
          }
          const { conversationId, requestId } = step.turn;
          return { conversationId, requestId, toolCallId: id };
        }),
      ),
  };
}

/** A call that a page is to run or runs, and has not told of. */
const WAITING = {
  state: "executing",
  answer: null,
  result: null,
} as const satisfies Prisma.ToolCallWhereInput;

const INCLUDE = { step: { include: { turn: true } } } as const satisfies Prisma.ToolCallInclude;

function clientCall(row: Prisma.ToolCallGetPayload<{ include: typeof INCLUDE }>): ClientCall {
  const { id, name, editedArguments, claimedBy, expiresAt, step } = row;
  const { conversationId, requestId } = step.turn;
  return {
    ...{ id, name, arguments: row.arguments, editedArguments, claimedBy },
    ...{ conversationId, requestId, expiresAt: expiresAt ?? new Date(0) },
  };
}

/** Who runs a call: the session, whose page may come back on another connection. */
function claimOf(sessionId: string, connectionId: string): string {
  return `${sessionId}/${connectionId}`;
}

async function claimCall(tables: Tables, claim: ClientClaim): Promise<ClientCall | null> {
  const { toolCallId: id, sessionId, connectionId, now, until } = claim;
  if (!(await holdActive(tables, sessionId))) return null;
  const turn = await parkedTurn(tables, id, { sessionId });
  if (!turn) return null;
  await holdParked(tables, turn.id);
  const claimedBy = claimOf(sessionId, connectionId);
  await change(
    tables.toolCall.updateMany({
      where: { id, ...WAITING, claimedBy: null, expiresAt: { gt: now } },
      data: { claimedBy, startedAt: now, expiresAt: until },
    }),
    "The tool call",
  );
  return clientCall(await tables.toolCall.findUniqueOrThrow({ where: { id }, include: INCLUDE }));
}

async function answerCall(tables: Tables, given: ClientAnswer): Promise<AnsweredTurn | null> {
  const { conversationId, sessionId, toolCallId: id, answer, now, owner } = given;
  if (!(await holdActive(tables, sessionId))) return null;
  const turn = await tables.turn.findFirst({
    where: { conversationId, sessionId, steps: { some: { toolCalls: { some: { id } } } } },
    select: { id: true, requestId: true, state: true },
  });
  if (!turn) return null;
  const isClaimed = { ...WAITING, id, claimedBy: { not: null } };
  const answered = { turnId: turn.id, requestId: turn.requestId };
  if (LIVE_STATES.includes(turn.state)) {
    await unpark(tables, turn.id, owner);
    const data = { answer: JSON.stringify(answer) };
    const where = { ...isClaimed, expiresAt: { gt: now } };
    await change(tables.toolCall.updateMany({ where, data }), "The tool call");
    return { ...answered, isOver: false };
  }
  // Its turn was cancelled: the next one's model is told what came of it all the same.
  const data = { answer: JSON.stringify(answer) };
  await change(tables.toolCall.updateMany({ where: isClaimed, data }), "The tool call");
  await closePageCall(tables, id, answer);
  return { ...answered, isOver: true };
}
