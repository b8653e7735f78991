import type { ActionOf } from "@smooth-agent/protocol";
import type { SessionRecord, TurnRecord } from "../store/records.js";
import { verdictSource, type Caller } from "./caller.js";
import type { ActionPorts } from "./ports.js";
import type { ActionHandler } from "./action-handler.js";

/** Ends the turn that is meant; the terminal event is the answer, and nothing is when there is none. */
export const cancel: ActionHandler<"cancel"> = async (action, caller, ports) => {
  const meant = await meantTurn(action, caller, ports);
  if (meant) await ports.turns.cancel(meant.turn, verdictSource(meant.session, caller));
};

/** A turn, and the session of the caller that may end it. */
interface MeantTurn {
  turn: TurnRecord;
  session: SessionRecord;
}

async function meantTurn(
  { requestId, sessionId }: ActionOf<"cancel">,
  caller: Caller,
  { store }: ActionPorts,
): Promise<MeantTurn | null> {
  const named = sessionId === undefined ? undefined : caller.session(sessionId);
  if (sessionId !== undefined && !named) return null;
  const sessions = named ? [named] : caller.sessions();
  const byConversation = new Map(sessions.map((session) => [session.conversationId, session]));
  const active: MeantTurn[] = [];
  for (const [conversationId, session] of byConversation) {
    // A cancel that crossed the end of its own turn is not meant for the next one.
    const turn = requestId && (await store.turnOfRequest(conversationId, requestId));
    if (turn) return { turn, session };
    const current = await store.currentTurns(conversationId);
    if (current.active) active.push({ turn: current.active, session });
  }
  if (named) return active[0] ?? null;
  const { lastStarted } = caller;
  return (
    active.find(
      ({ turn }) =>
        turn.conversationId === lastStarted?.conversationId &&
        turn.requestId === lastStarted.requestId,
    ) ?? null
  );
}
