import type { ToolAnswer } from "./client-call-store.js";
import type { Tables } from "./database.js";
import { recordOutcome } from "./decision-table.js";
import type { TurnEnd } from "./turn-store.js";

/**
 * What is left of a page's call when its turn ends: what it said came of it is told, and what no page
 * began was not run. Of one that a page has, only that page can tell.
 */
export async function closePageCalls(tables: Tables, { turnId, notRun }: TurnEnd): Promise<void> {
  const open = await tables.toolCall.findMany({
    where: {
      state: "executing",
      step: { turnId },
      OR: [{ answer: { not: null } }, { startedAt: null }],
    },
    select: { id: true, answer: true },
  });
  for (const { id, answer } of open) {
    const told = answer === null ? undefined : (JSON.parse(answer) as ToolAnswer);
    await closePageCall(tables, id, told ?? { state: "failed", result: notRun, isError: true });
  }
}

/** Stores what became of a call. */
export async function closePageCall(
  tables: Tables,
  id: string,
  { state, result, isError }: ToolAnswer,
): Promise<void> {
  await tables.toolCall.update({
    where: { id },
    data: { state, result, isError, finishedAt: new Date() },
  });
  await recordOutcome(tables, id, state);
}
