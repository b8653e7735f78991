import type { ApprovalStore, PendingApproval } from "./approval-store.js";
import type { Database } from "./database.js";
import type { Prisma } from "./generated/sqlite/client.js";
import { placeAfter, placeOf } from "./page-place.js";

/** The questions about tool calls; those that wait by when they expire. */
export function approvalTable(database: Database): ApprovalStore {
  return {
    pendingApprovals: ({ organizationId, conversationId, limit, cursor }) =>
      database.run(async (tables) => {
        const last = cursor === undefined ? undefined : placeAfter(cursor);
        if (last === null) return null;
        const waiting: Prisma.ToolCallWhereInput = {
          state: "awaiting",
          confirmation: { not: null },
          step: { turn: { state: "parked", conversationId, conversation: { organizationId } } },
        };
        const later = last && {
          OR: [{ expiresAt: { gt: last.at } }, { expiresAt: last.at, id: { gt: last.id } }],
        };
        const rows = await tables.toolCall.findMany({
          where: later ? { AND: [waiting, later] } : waiting,
          orderBy: [{ expiresAt: "asc" }, { id: "asc" }],
          take: limit + 1,
          include: INCLUDE,
        });
        const page = rows.slice(0, limit).map(pendingApproval);
        const end = rows.length > limit ? page.at(-1) : undefined;
        const nextCursor = end ? placeOf(end.expiresAt, end.toolCallId) : null;
        return { approvals: page, nextCursor };
      }),

    askedQuestion: (organizationId, id) =>
      database.run(async (tables) => {
        const row = await tables.toolCall.findFirst({
          where: {
            id,
            confirmation: { not: null },
            step: { turn: { conversation: { organizationId } } },
          },
          include: INCLUDE,
        });
        if (!row) return null;
        const isPending = row.state === "awaiting" && row.step.turn.state === "parked";
        return { ...pendingApproval(row), isPending };
      }),

    waitingQuestions: (organizationId, ownerId, most) =>
      database.run((tables) =>
        tables.turn.count({
          where: { state: "parked", conversation: { organizationId, ownerId } },
          take: most,
        }),
      ),
  };
}

const INCLUDE = {
  step: { include: { turn: { include: { conversation: true } } } },
} as const satisfies Prisma.ToolCallInclude;

function pendingApproval(
  row: Prisma.ToolCallGetPayload<{ include: typeof INCLUDE }>,
): PendingApproval {
  const { turn } = row.step;
  return {
    toolCallId: row.id,
    toolName: row.name,
    argumentsDigest: row.digest,
    confirmation: row.confirmation,
    // A call that waits has its end; without one it would have expired at once.
    expiresAt: row.expiresAt ?? new Date(0),
    turnId: turn.id,
    requestId: turn.requestId,
    conversationId: turn.conversationId,
    agentId: turn.conversation.agentId,
    ownerId: turn.conversation.ownerId,
  };
}
