import { change, unlessLost } from "./conditional-change.js";
import type { Database, Tables } from "./database.js";
import { recordDecision, recordOutcome } from "./decision-table.js";
import { addGrant, holdGrant } from "./grant-table.js";
import { holdActive } from "./session-end-table.js";
import { ConflictError } from "./storage-error.js";
import {
  SWEEP_ROWS,
  type CallEdit,
  type DecidedTurn,
  type Expiry,
  type ExpiredQuestion,
  type ToolCallStore,
  type Verdict,
} from "./store.js";
import { holdParked, park, parkedTurn, unpark } from "./turn-parking.js";
import { endTurn, LIVE_STATES } from "./turn-ending.js";
import { requireRunning } from "./turn-table.js";

/**
 * The tool calls: proposed → awaiting → approved | denied | expired → executing → an outcome. Where a
 * turn and a call change together, the turn's row comes first: two writers then wait, and never lock
 * each other out.
 */
export function toolCallTable(database: Database): ToolCallStore {
  return {
    parkTurn: (turnId, owner, { toolCallId, ...question }) =>
      database.transact(async (tables) => {
        await park(tables, turnId, owner);
        await change(
          tables.toolCall.updateMany({
            where: { id: toolCallId, state: "proposed", step: { turnId } },
            data: { ...question, state: "awaiting" },
          }),
          "The tool call",
        );
      }),

    decide: (verdict) => unlessLost(database.transact((tables) => decide(tables, verdict))),

    expire: (turnId, now, then) =>
      unlessLost(database.transact((tables) => expire(tables, turnId, now, then))),

    startToolCall: (turnId, owner, toolCallId, grantId) =>
      database.transact(async (tables) => {
        await requireRunning(tables, turnId, owner);
        if (grantId !== undefined) return startGranted(tables, turnId, toolCallId, grantId);
        await change(
          tables.toolCall.updateMany({
            where: { id: toolCallId, step: { turnId }, state: { in: ["proposed", "approved"] } },
            data: { state: "executing", startedAt: new Date() },
          }),
          "The tool call",
        );
        return true;
      }),

    finishToolCall: (turnId, owner, toolCallId, { from, ...outcome }) =>
      database.transact(async (tables) => {
        // Another process that took the turn over has told its own outcome, or is about to.
        await change(
          tables.turn.updateMany({
            where: { id: turnId, OR: [{ state: { notIn: LIVE_STATES } }, { owner }] },
            data: { attempts: { increment: 0 } },
          }),
          "The turn",
        );
        await change(
          tables.toolCall.updateMany({
            where: { id: toolCallId, step: { turnId }, state: from, result: null },
            data: { ...outcome, finishedAt: new Date() },
          }),
          "The tool call",
        );
        await recordOutcome(tables, toolCallId, outcome.state);
      }),

    async closeLostCalls(startedBefore, outcome) {
      const lost = await database.run((tables) =>
        tables.toolCall.findMany({
          where: {
            state: "executing",
            startedAt: { lt: startedBefore },
            step: { turn: { state: { notIn: LIVE_STATES } } },
          },
          take: SWEEP_ROWS,
          select: { id: true },
        }),
      );
      if (lost.length === 0) return;
      await database.transact(async (tables) => {
        for (const { id } of lost) {
          // Its process may have told of it after all.
          const { count } = await tables.toolCall.updateMany({
            where: { id, state: "executing" },
            data: { ...outcome, finishedAt: new Date() },
          });
          if (count === 1) await recordOutcome(tables, id, outcome.state);
        }
      });
    },
  };
}

/** A call that the visitor was not asked about, because of what they had allowed before. */
async function startGranted(
  tables: Tables,
  turnId: string,
  toolCallId: string,
  grantId: string,
): Promise<boolean> {
  const grant = await holdGrant(tables, turnId, grantId);
  if (!grant) return false;
  const at = new Date();
  const decision = { approved: true, decidedBy: "grant", decidedAt: at, grantId };
  await change(
    tables.toolCall.updateMany({
      where: { id: toolCallId, name: grant.toolName, step: { turnId }, state: "proposed" },
      data: { ...decision, state: "executing", startedAt: at },
    }),
    "The tool call",
  );
  const source = { sessionId: grant.sessionId, userId: grant.userId, origin: null };
  await recordDecision(tables, { ...decision, toolCallId, reason: null, source });
  return true;
}

async function decide(tables: Tables, verdict: Verdict): Promise<DecidedTurn | null> {
  const { conversationId, toolCallId: id, digest, now, approved, reason = null } = verdict;
  const { edit, grant } = verdict;
  const { sessionId } = verdict.source;
  if (sessionId !== null && !(await holdActive(tables, sessionId))) return null;
  const turn = await parkedTurn(tables, id, { conversationId });
  if (!turn) return null;
  await unpark(tables, turn.id, verdict.owner);
  const decision = { approved, decidedBy: verdict.by, decidedAt: now, reason };
  await change(
    tables.toolCall.updateMany({
      // What waits for something else than a verdict takes none.
      where: {
        id,
        digest,
        state: "awaiting",
        confirmation: edit?.original ?? { not: null },
        expiresAt: { gt: now },
      },
      data: { ...decision, ...(edit && edited(edit)), state: approved ? "approved" : "denied" },
    }),
    "The tool call",
  );
  const record = { ...decision, toolCallId: id, source: verdict.source };
  // A denied call ends here, whatever becomes of its turn.
  await recordDecision(tables, approved ? record : { ...record, outcome: "denied" });
  const { id: turnId, requestId } = turn;
  if (!approved || !grant || sessionId === null) return { turnId, requestId };
  return {
    turnId,
    requestId,
    grants: await addGrant(tables, { toolCallId: id, sessionId, now }, grant),
  };
}

function edited({ arguments: editedArguments, digest, confirmation, original }: CallEdit) {
  return {
    editedArguments,
    editedDigest: digest,
    confirmation,
    originalConfirmation: original,
  };
}

async function expire(
  tables: Tables,
  turnId: string,
  now: Date,
  then: Expiry,
): Promise<ExpiredQuestion | null> {
  const due = await tables.toolCall.findFirst({
    where: {
      state: "awaiting",
      expiresAt: { lte: now },
      step: { turn: { id: turnId, state: "parked" } },
    },
    include: { step: { include: { turn: true } } },
  });
  if (!due) return null;
  const { id: toolCallId } = due;
  if ("owner" in then) await unpark(tables, turnId, then.owner);
  else await holdParked(tables, turnId);
  const decision = { approved: false, decidedBy: "system", decidedAt: now };
  const isForm = due.interaction !== null;
  const told = "end" in then ? { ...resultOf(then, isForm), finishedAt: now } : {};
  await change(
    tables.toolCall.updateMany({
      where: { id: toolCallId, state: "awaiting" },
      data: { ...decision, ...told, state: "expired" },
    }),
    "The tool call",
  );
  if (!isForm) {
    await recordDecision(tables, { ...decision, toolCallId, reason: null, outcome: "expired" });
  }
  if ("end" in then) {
    const ended = await endTurn(tables, { ...then.end, turnId, owner: null, state: "completed" });
    if (!ended) throw new ConflictError("The turn");
  }
  const { conversationId, requestId } = due.step.turn;
  return { conversationId, requestId, toolCallId, isForm };
}

function resultOf({ result, end }: Extract<Expiry, { end: unknown }>, isForm: boolean) {
  return isForm ? { result: end.unanswered, isError: false } : { result, isError: true };
}
