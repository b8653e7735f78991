import { sessionEnded } from "@smooth-agent/protocol";
import type { Logger } from "pino";
import type { Backplane } from "../backplane/backplane.js";
import { faultOf } from "../log/fault.js";
import type { TurnRecord } from "../store/records.js";
import type { EndedSession, SessionSelection, Store } from "../store/store.js";
import type { TurnRunner } from "./turn-runner.js";

export interface SessionEndingPorts {
  store: Store;
  backplane: Backplane;
  turns: Pick<TurnRunner, "cancel">;
  log: Logger;
  /** Unix milliseconds. */
  now: () => number;
}

/**
 * Ends sessions for good: from the moment this is stored nothing more is done in their name. A turn that
 * nobody of its visitor's is left for is cancelled, and then whoever holds an ended session is told.
 *
 * @param reason what their clients are told
 * @returns those that this call ended
 */
export async function endSessions(
  which: SessionSelection,
  reason: string,
  ports: SessionEndingPorts,
): Promise<EndedSession[]> {
  const ended = await ports.store.endSessions(which, reason);
  for (let from = 0; from < ended.length; from += CHUNK) {
    const some = ended.slice(from, from + CHUNK);
    try {
      await cancelUnattended(ports, [...new Set(some.map((session) => session.conversationId))]);
    } catch (error) {
      // The watch comes back to it; that the sessions ended is told whatever happens.
      ports.log.error(faultOf(error), "turns of ended sessions were not cancelled");
    }
    for (const { id: sessionId, conversationId } of some) {
      const event = sessionEnded({ sessionId, reason }, ports.now());
      ports.backplane.publish(conversationId, { event });
    }
  }
  return ended;
}

/**
 * Cancels turns in whose visitor's name nobody is left, a hundred at most: no tool runs for somebody who
 * was sent away.
 *
 * @param conversationIds where to look; everywhere when absent
 */
export async function cancelUnattended(
  { store, turns, log }: Pick<SessionEndingPorts, "store" | "turns" | "log">,
  conversationIds?: readonly string[],
): Promise<void> {
  const cancel = (turn: TurnRecord) =>
    turns.cancel(turn).catch((error: unknown) => {
      log.error(
        { turnId: turn.id, ...faultOf(error) },
        "turn of an ended session was not cancelled",
      );
    });
  await Promise.all((await store.unattendedTurns(conversationIds)).map(cancel));
}

/** Sessions whose conversations are looked at together. */
const CHUNK = 50;
