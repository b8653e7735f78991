import { randomUUID } from "node:crypto";
import type { Database, Tables } from "./database.js";
import type { DecisionStore, VerdictSource } from "./decision-store.js";

/** The record of every decision about a tool call, kept apart from the conversation for the host. */
export function decisionTable(database: Database): DecisionStore {
  return {
    decisions: ({ organizationId, conversationId, limit, cursor }) =>
      database.run(async (tables) => {
        const where = { organizationId, conversationId };
        const last =
          cursor === undefined
            ? undefined
            : await tables.decision.findFirst({ where: { ...where, id: cursor } });
        if (last === null) return null;
        const rows = await tables.decision.findMany({
          where: last ? { AND: [where, olderThan(last)] } : where,
          orderBy: [{ decidedAt: "desc" }, { id: "desc" }],
          take: limit + 1,
        });
        const decisions = rows.slice(0, limit);
        const nextCursor = rows.length > limit ? (decisions.at(-1)?.id ?? null) : null;
        return { decisions, nextCursor };
      }),
  };
}

/** What a decision is recorded with; the rest is read from the call's own rows. */
export interface NewDecision {
  toolCallId: string;
  approved: boolean;
  decidedBy: string;
  reason: string | null;
  decidedAt: Date;
  /** Absent when the system decided. */
  source?: VerdictSource;
  /** The state the call ended in, when the decision itself ended it. */
  outcome?: string;
  /** What decided, when the visitor was not asked. */
  grantId?: string;
}

/** Records a decision in the transaction that makes it. */
export async function recordDecision(tables: Tables, decision: NewDecision): Promise<void> {
  const { source, outcome, ...made } = decision;
  const call = await tables.toolCall.findUniqueOrThrow({
    where: { id: decision.toolCallId },
    include: { step: { include: { turn: { include: { conversation: true } } } } },
  });
  const { turn } = call.step;
  const userId = source?.userId ?? (await provenUser(tables, source?.sessionId, made.decidedAt));
  await tables.decision.create({
    data: {
      ...made,
      ...source,
      userId,
      id: randomUUID(),
      organizationId: turn.conversation.organizationId,
      agentId: turn.conversation.agentId,
      conversationId: turn.conversationId,
      turnId: turn.id,
      toolName: call.name,
      argumentsDigest: call.digest,
      arguments: shownArguments(call),
      editedArguments: call.editedArguments,
      editedDigest: call.editedDigest,
      ...(outcome !== undefined && { outcome, outcomeAt: made.decidedAt }),
    },
  });
}

/** The arguments that were shown, before they were changed; as the model wrote them when nobody was asked. */
function shownArguments(call: {
  arguments: string;
  confirmation: string | null;
  originalConfirmation: string | null;
}): string | null {
  const shown = call.originalConfirmation ?? call.confirmation;
  if (shown === null) return call.arguments;
  const { arguments: args } = JSON.parse(shown) as { arguments?: unknown };
  return args === undefined ? null : JSON.stringify(args);
}

/** Whom a one-time code proved the visitor of a session to be, while that counts. */
export async function provenUser(
  tables: Tables,
  id: string | null | undefined,
  now: Date,
): Promise<string | null> {
  if (id === null || id === undefined) return null;
  const where = { id, authenticatedUntil: { gt: now } };
  return (await tables.session.findFirst({ where }))?.authenticatedAs ?? null;
}

/** Adds what became of a call to the decision about it, if there was one. */
export async function recordOutcome(
  tables: Tables,
  toolCallId: string,
  outcome: string,
): Promise<void> {
  await tables.decision.updateMany({
    where: { toolCallId, outcome: null },
    data: { outcome, outcomeAt: new Date() },
  });
}

function olderThan({ decidedAt, id }: { decidedAt: Date; id: string }) {
  return { OR: [{ decidedAt: { lt: decidedAt } }, { decidedAt, id: { lt: id } }] };
}
