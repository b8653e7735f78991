import type { ActionOf } from "@smooth-agent/protocol";
import type { TurnRecord } from "../store/records.js";
import type { Caller } from "./caller.js";
import type { ActionPorts } from "./ports.js";
import type { ActionHandler } from "./action-handler.js";

/** Ends the turn that is meant; the terminal event is the answer, and nothing is when there is none. */
export const cancel: ActionHandler<"cancel"> = async (action, caller, ports) => {
  const turn = await meantTurn(action, caller, ports);
  if (turn) await ports.turns.cancel(turn);
};

async function meantTurn(
  { requestId, sessionId }: ActionOf<"cancel">,
  caller: Caller,
  { store }: ActionPorts,
): Promise<TurnRecord | null> {
  const named = sessionId === undefined ? undefined : caller.session(sessionId);
  if (sessionId !== undefined && !named) return null;
  const sessions = named ? [named] : caller.sessions();
  const conversations = [...new Set(sessions.map(({ conversationId }) => conversationId))];
  const active: TurnRecord[] = [];
  for (const conversationId of conversations) {
    // A cancel that crossed the end of its own turn is not meant for the next one.
    const meant = requestId && (await store.turnOfRequest(conversationId, requestId));
    if (meant) return meant;
    const { active: turn } = await store.currentTurns(conversationId);
    if (turn) active.push(turn);
  }
  if (named) return active[0] ?? null;
  const { lastStarted } = caller;
  return (
    active.find(
      (turn) =>
        turn.conversationId === lastStarted?.conversationId &&
        turn.requestId === lastStarted.requestId,
    ) ?? null
  );
}
