import type { ActiveTurn, LastTurn, TerminalEvent } from "@smooth-agent/protocol";
import type { Backplane, Envelope, Following } from "../backplane/backplane.js";
import type { TurnRecord } from "../store/records.js";
import type { Store } from "../store/store.js";
import { snapshotOf } from "../turn/snapshot.js";

/** A conversation's events from an exact point on: what was before is in the snapshot. */
export interface ConversationFeed {
  activeTurn: ActiveTurn | null;
  lastTurn: LastTurn | null;
  /** Delivers what was held back since the snapshot, and from then on everything at once. */
  release(): void;
  stop(): void;
}

/**
 * Begins to follow a conversation. The snapshot comes from where the turn runs, else from the store;
 * when a turn began or ended while the store was read, it is taken again.
 */
export async function openFeed(
  conversationId: string,
  { store, backplane }: { store: Store; backplane: Backplane },
  deliver: (envelope: Envelope) => void,
): Promise<ConversationFeed> {
  let held: Envelope[] | null = [];
  let seen = 0;
  const listener = (envelope: Envelope) => {
    if (held) held.push(envelope);
    else tell(envelope);
  };
  const restart = (): Promise<Following> => {
    // What belongs to no turn is told by no snapshot.
    held = (held ?? []).filter((envelope) => !isToldBySnapshot(envelope));
    seen = held.length;
    return backplane.follow(conversationId, listener);
  };
  let following = await restart();
  let activeTurn: ActiveTurn | null;
  let last: TurnRecord | null;
  try {
    for (;;) {
      const turns = await store.currentTurns(conversationId);
      last = turns.last;
      if (following.snapshot) {
        activeTurn = following.snapshot;
        break;
      }
      const isQuiet = !held.slice(seen).some(isOfTurn);
      following.stop();
      following = await restart();
      if (following.snapshot) continue;
      if (isQuiet) {
        activeTurn = turns.active && snapshotOf(turns.active);
        break;
      }
    }
  } catch (error) {
    // Nobody would ever release it: it would hold back what comes for as long as the process lives.
    following.stop();
    throw error;
  }
  // A turn that ended after its snapshot was taken tells its end in the events that follow.
  const ended = last?.requestId === activeTurn?.requestId ? null : last;
  // What the store tells may be told a moment later by whoever stored it: it is told once.
  const tell = (envelope: Envelope) => {
    const { type, requestId } = envelope.event;
    if (!isToldBySnapshot(envelope)) return deliver(envelope);
    if (requestId !== undefined && requestId === ended?.requestId) return;
    if (type === "turn_started" && requestId === activeTurn?.requestId) return;
    deliver(envelope);
  };
  return {
    activeTurn,
    lastTurn: ended && lastTurnOf(ended),
    release() {
      const envelopes = held ?? [];
      held = null;
      for (const envelope of envelopes) tell(envelope);
    },
    stop: () => following.stop(),
  };
}

function isOfTurn({ event }: Envelope): boolean {
  return event.requestId !== undefined;
}

/** What is for one session alone, a code or a page's call, stands in no snapshot and in no terminal event. */
function isToldBySnapshot(envelope: Envelope): boolean {
  return isOfTurn(envelope) && envelope.sessionId === undefined;
}

function lastTurnOf({ requestId, terminal }: TurnRecord): LastTurn | null {
  return terminal === null ? null : { requestId, terminal: JSON.parse(terminal) as TerminalEvent };
}
