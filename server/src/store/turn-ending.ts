import { randomUUID } from "node:crypto";
import type { Usage } from "@smooth-agent/protocol";
import { closePageCalls } from "./client-call-ending.js";
import type { Tables } from "./database.js";
import { recordDecision, recordOutcome } from "./decision-table.js";
import type { TurnEnd } from "./store.js";
import { addUsage, countOf, usageOfTurn } from "./usage-table.js";
import { moveWorkflow } from "./workflow-table.js";

/** The states of a turn that has not ended. */
export const LIVE_STATES = ["running", "parked"];

/**
 * Ends a turn in a transaction of the caller's: the turn itself by one conditional update, then what
 * is left of it.
 *
 * @returns false when it had ended already, or is not in a state to end so
 */
export async function endTurn(tables: Tables, end: TurnEnd): Promise<boolean> {
  const { turnId, owner, state, terminal } = end;
  const from = owner === null ? { state: { in: LIVE_STATES } } : { state: "running", owner };
  const ended = await tables.turn.updateMany({
    where: { id: turnId, ...from },
    data: { state, owner: null, terminal, endedAt: new Date() },
  });
  if (ended.count === 0) return false;
  await closeCalls(tables, end);
  await closePageCalls(tables, end);
  if (end.partial) await addPartial(tables, turnId, end.partial);
  await sumUsage(tables, turnId);
  await freeConversation(tables, end);
  return true;
}

/** What was asked and not answered is declined by the end; what was approved and not begun is not run. */
async function closeCalls(tables: Tables, end: TurnEnd): Promise<void> {
  const { turnId, notRun, unanswered, source } = end;
  const open = await tables.toolCall.findMany({
    where: {
      step: { turnId },
      result: null,
      OR: [
        { state: { in: ["awaiting", "approved"] } },
        { state: "denied", interaction: { not: null } },
      ],
    },
    select: { id: true, state: true, interaction: true, answer: true },
  });
  const at = new Date();
  const closed = { result: notRun, isError: true, finishedAt: at };
  for (const { id, state, interaction, answer } of open) {
    if (interaction !== null) {
      const closing = { result: answer ?? unanswered, isError: false, finishedAt: at };
      await tables.toolCall.update({ where: { id }, data: closedForm(state, closing, source) });
      continue;
    }
    if (state === "approved") {
      await tables.toolCall.update({ where: { id }, data: { ...closed, state: "failed" } });
      await recordOutcome(tables, id, "failed");
      continue;
    }
    const verdict = {
      approved: false,
      decidedBy: source ? "visitor" : "system",
      decidedAt: at,
      reason: null,
    };
    await tables.toolCall.update({
      where: { id },
      data: { ...closed, ...verdict, state: "denied" },
    });
    await recordDecision(tables, { ...verdict, toolCallId: id, source, outcome: "denied" });
  }
}

/** A form is no decision that is recorded: what was answered is told, and what was not is declined. */
function closedForm(
  state: string,
  closing: { result: string; isError: boolean; finishedAt: Date },
  source: TurnEnd["source"],
) {
  if (state === "approved") return { ...closing, state: "succeeded" };
  if (state === "denied") return closing;
  const decidedBy = source ? "visitor" : "system";
  return { ...closing, state: "denied", approved: false, decidedBy, decidedAt: closing.finishedAt };
}

/** Adds the step that was under way, unless it was stored after all. */
export async function addPartial(
  tables: Tables,
  turnId: string,
  partial: NonNullable<TurnEnd["partial"]>,
): Promise<void> {
  const { index } = partial;
  if ((await tables.turnStep.count({ where: { turnId } })) !== index) return;
  await tables.turnStep.create({
    data: { ...partial, id: randomUUID(), turnId, finishReason: "interrupted" },
  });
}

/** Sums up what the steps reported, on the turn and, when any did, in the ledger. */
async function sumUsage(tables: Tables, turnId: string): Promise<void> {
  const { _sum, _count } = await tables.turnStep.aggregate({
    where: { turnId },
    _sum: { promptTokens: true, completionTokens: true, costUsd: true },
    _count: { promptTokens: true },
  });
  const used = {
    promptTokens: countOf(_sum.promptTokens ?? 0),
    completionTokens: countOf(_sum.completionTokens ?? 0),
    costUsd: _sum.costUsd ?? 0,
  };
  const turn = await tables.turn.update({
    where: { id: turnId },
    data: used,
    include: { conversation: true, session: true },
  });
  for (const beside of await usageOfTurn(tables, turn)) {
    await tables.turn.update({ where: { id: turnId }, data: incrementsOf(beside) });
  }
  if (_count.promptTokens === 0) return;
  const { conversationId, model, conversation, session } = turn;
  const { organizationId, agentId } = conversation;
  const { userId } = session;
  const spent = { ...used, purpose: "answer", model: model ?? "" } as const;
  await addUsage(tables, { ...spent, organizationId, agentId, conversationId, turnId, userId });
}

function incrementsOf({ promptTokens, completionTokens, costUsd }: Usage) {
  return {
    promptTokens: { increment: promptTokens },
    completionTokens: { increment: completionTokens },
    costUsd: { increment: costUsd },
  };
}

async function freeConversation(
  tables: Tables,
  { turnId, state, reply, workflow }: TurnEnd,
): Promise<void> {
  const conversation = await tables.conversation.update({
    where: { activeTurnId: turnId },
    data: { activeTurnId: null, nextSeq: { increment: reply ? 1 : 0 } },
  });
  if (workflow) await moveWorkflow(tables, conversation.id, workflow);
  if (!reply) return;
  await tables.message.create({
    data: {
      ...reply,
      conversationId: conversation.id,
      seq: conversation.nextSeq - 1,
      direction: "outbound",
      status: state,
      turnId,
    },
  });
}
