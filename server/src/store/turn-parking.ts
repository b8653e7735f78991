import { change } from "./conditional-change.js";
import type { Tables } from "./database.js";

/** Parks the turn that `owner` runs. */
export function park(tables: Tables, id: string, owner: string): Promise<void> {
  const parked = tables.turn.updateMany({
    where: { id, state: "running", owner },
    data: { state: "parked", owner: null },
  });
  return change(parked, "The turn");
}

/** The turn that is parked on a tool call, in this conversation or of this session. */
export function parkedTurn(
  tables: Tables,
  toolCallId: string,
  of: { conversationId: string } | { sessionId: string },
): Promise<{ id: string; requestId: string } | null> {
  return tables.turn.findFirst({
    where: { ...of, state: "parked", steps: { some: { toolCalls: { some: { id: toolCallId } } } } },
    select: { id: true, requestId: true },
  });
}

/** Gives a parked turn to `owner`. */
export function unpark(tables: Tables, id: string, owner: string): Promise<void> {
  const running = tables.turn.updateMany({
    where: { id, state: "parked" },
    data: { state: "running", owner, attempts: 1 },
  });
  return change(running, "The turn");
}

/** Holds the turn's row, so that no verdict and no cancel comes between. */
export function holdParked(tables: Tables, id: string): Promise<void> {
  const unchanged = { attempts: { increment: 0 } };
  const held = tables.turn.updateMany({ where: { id, state: "parked" }, data: unchanged });
  return change(held, "The turn");
}
