import type { Database, Tables } from "./database.js";
import type { WorkflowMove, WorkflowStore } from "./workflow-store.js";

/** One row for each conversation that is led along a workflow. */
export function workflowTable(database: Database): WorkflowStore {
  return {
    workflowPosition: (conversationId, agentId, stepId) =>
      database.run((tables) =>
        tables.workflowState.upsert({
          where: { conversationId_agentId: { conversationId, agentId } },
          create: { conversationId, agentId, stepId },
          update: { holds: { increment: 0 } },
          select: { stepId: true, holds: true },
        }),
      ),

    moveWorkflow: (conversationId, move) =>
      database.run((tables) => moveWorkflow(tables, conversationId, move)),
  };
}

/** Moves in a transaction of the caller's, by one conditional update. */
export async function moveWorkflow(
  tables: Tables,
  conversationId: string,
  { agentId, from, to }: WorkflowMove,
): Promise<boolean> {
  const where = { conversationId, agentId, ...from };
  const { count } = await tables.workflowState.updateMany({ where, data: to });
  return count === 1;
}
