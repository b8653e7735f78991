import type { Database, Tables } from "./database.js";
import { ConflictError } from "./storage-error.js";
import type { DecidedTurn, Store, Verdict } from "./store.js";
import { requireRunning } from "./turn-table.js";

type ToolCallStore = Pick<
  Store,
  "parkTurn" | "decide" | "expire" | "startToolCall" | "finishToolCall"
>;

/** The tool calls: proposed → awaiting → approved | denied | expired → executing → an outcome. */
export function toolCallTable(database: Database): ToolCallStore {
  return {
    parkTurn: (turnId, owner, { toolCallId, confirmation, expiresAt }) =>
      database.transact(async (tables) => {
        await change(
          tables.turn.updateMany({
            where: { id: turnId, state: "running", owner },
            data: { state: "parked", owner: null },
          }),
          "The turn",
        );
        await change(
          tables.toolCall.updateMany({
            where: { id: toolCallId, state: "proposed", step: { turnId } },
            data: { state: "awaiting", confirmation, expiresAt },
          }),
          "The tool call",
        );
      }),

    decide: (verdict) => database.transact((tables) => decide(tables, verdict)),

    expire: (turnId, owner, now) =>
      database.transact(async (tables) => {
        const due = await tables.toolCall.findFirst({
          where: {
            state: "awaiting",
            expiresAt: { lte: now },
            step: { turn: { id: turnId, state: "parked" } },
          },
          include: { step: { include: { turn: true } } },
        });
        if (!due) return null;
        const expired = await tables.toolCall.updateMany({
          where: { id: due.id, state: "awaiting" },
          data: { state: "expired", approved: false, decidedBy: "system", decidedAt: now },
        });
        if (expired.count === 0) return null;
        await unpark(tables, turnId, owner);
        const { conversationId, requestId } = due.step.turn;
        return { conversationId, requestId, toolCallId: due.id };
      }),

    startToolCall: (turnId, owner, toolCallId) =>
      database.transact(async (tables) => {
        await requireRunning(tables, turnId, owner);
        await change(
          tables.toolCall.updateMany({
            where: { id: toolCallId, step: { turnId }, state: { in: ["proposed", "approved"] } },
            data: { state: "executing", startedAt: new Date() },
          }),
          "The tool call",
        );
      }),

    finishToolCall: (toolCallId, { from, ...outcome }) =>
      database.run(async (tables) => {
        await change(
          tables.toolCall.updateMany({
            where: { id: toolCallId, state: from, result: null },
            data: { ...outcome, finishedAt: new Date() },
          }),
          "The tool call",
        );
      }),
  };
}

async function decide(tables: Tables, verdict: Verdict): Promise<DecidedTurn | null> {
  const { conversationId, toolCallId: id, digest, now, approved } = verdict;
  const turn = await tables.turn.findFirst({
    where: { conversationId, state: "parked", steps: { some: { toolCalls: { some: { id } } } } },
    select: { id: true, requestId: true },
  });
  if (!turn) return null;
  const decided = await tables.toolCall.updateMany({
    where: { id, digest, state: "awaiting", expiresAt: { gt: now } },
    data: {
      state: approved ? "approved" : "denied",
      approved,
      decidedBy: verdict.by,
      decidedAt: now,
      reason: verdict.reason,
    },
  });
  if (decided.count === 0) return null;
  await unpark(tables, turn.id, verdict.owner);
  return { turnId: turn.id, requestId: turn.requestId };
}

async function unpark(tables: Tables, turnId: string, owner: string): Promise<void> {
  await change(
    tables.turn.updateMany({
      where: { id: turnId, state: "parked" },
      data: { state: "running", owner, attempts: 1 },
    }),
    "The turn",
  );
}

async function change(update: Promise<{ count: number }>, what: string): Promise<void> {
  const { count } = await update;
  if (count === 0) throw new ConflictError(what);
}
