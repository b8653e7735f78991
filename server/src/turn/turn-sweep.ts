import { cancelled, confirmationResolved, turnSnapshot } from "@smooth-agent/protocol";
import type { Backplane } from "../backplane/backplane.js";
import type { ExpiredTurn, ExpiredQuestion } from "../store/store.js";
import type { TurnPorts } from "./ports.js";
import { snapshotOf } from "./snapshot.js";
import { OUTCOME_UNKNOWN } from "./tool-run.js";
import { completion } from "./turn-end.js";
import type { TurnRun } from "./turn-run.js";
import { NO_ANSWER } from "./untold-outcome.js";

/** What a process does now and then about turns that nobody tells it of. */
export interface TurnSweep {
  /** Stops the runs whose turn was ended or taken over elsewhere. */
  letGoOf(runs: readonly TurnRun[]): Promise<void>;
  /**
   * Claims what a dead process left and what an expiry sets going, and finds what is this process's own
   * and not run: a database may break off before it says that it gave a turn.
   *
   * @param runs the runs of this process
   * @returns the turns to run from here on
   */
  takeUp(runs: readonly TurnRun[]): Promise<string[]>;
}

export function turnSweep(ports: TurnPorts, backplane: Backplane): TurnSweep {
  const { store, now } = ports;
  let suspects = new Set<string>();
  const longestToolMs = [...ports.tools.values()]
    .map(({ definition }) => definition.timeoutMs ?? ports.limits.toolMs)
    .reduce((longest, ms) => Math.max(longest, ms), 0);
  return {
    async letGoOf(runs) {
      if (runs.length === 0) return;
      const lost = await store.lostTurns(
        runs.map(({ turnId }) => turnId),
        ports.owner,
      );
      for (const { id, state, conversationId, requestId } of lost) {
        const run = runs.find(({ turnId }) => turnId === id);
        // Whoever ends it here is about to say so.
        if (!run || run.isHeld) continue;
        if (state === "cancelled") {
          backplane.publish(conversationId, { event: cancelled(requestId, now()) });
        }
        run.abort();
      }
    },

    async takeUp(runs) {
      const taken = await ownOrphans(runs);
      for (const turnId of await store.abandonedTurns(ports.owner)) {
        if (!(await store.claimTurn(turnId, ports.owner))) continue;
        await showAsStored(turnId);
        taken.push(turnId);
      }
      for (const due of await store.expiredTurns(new Date(now()))) {
        if (await expire(due)) taken.push(due.turnId);
      }
      // A call outlives its turn when that was cancelled, and then nobody takes it up with the turn.
      const { from: _, ...unknown } = OUTCOME_UNKNOWN;
      await store.closeLostCalls(new Date(now() - longestToolMs - LATE_OUTCOME_MS), unknown);
      return taken;
    },
  };

  /** At the second sweep: at the first, whoever was given the turn may be about to start it. */
  async function ownOrphans(runs: readonly TurnRun[]): Promise<string[]> {
    const before = suspects;
    const owned = await store.ownedTurns(ports.owner);
    suspects = new Set(owned.filter((id) => !runs.some(({ turnId }) => turnId === id)));
    return [...suspects].filter((id) => before.has(id));
  }

  /** What the dead process said of the step that it did not store is said anew. */
  async function showAsStored(turnId: string): Promise<void> {
    const turn = await store.turn(turnId);
    if (!turn) return;
    const event = turnSnapshot(snapshotOf(turn), now());
    backplane.publish(turn.conversationId, { event });
  }

  /** @returns whether the turn goes on: somebody is there to hear what its model says about the expiry */
  async function expire({ turnId, conversationId }: ExpiredTurn): Promise<boolean> {
    const at = new Date(now());
    if (await backplane.isFollowed(conversationId)) {
      const expired = await store.expire(turnId, at, { owner: ports.owner });
      if (expired) tellExpiry(expired);
      return expired !== null;
    }
    const turn = await store.turn(turnId);
    if (!turn) return false;
    const { terminal, ...end } = await completion(turn, ports);
    const ending = { ...end, terminal: JSON.stringify(terminal) };
    const expired = await store.expire(turnId, at, { result: NO_ANSWER, end: ending });
    if (!expired) return false;
    // Somebody may have come this very moment.
    tellExpiry(expired);
    backplane.publish(conversationId, { event: terminal });
    return false;
  }

  function tellExpiry({ conversationId, ...question }: ExpiredQuestion): void {
    const resolution = { ...question, approved: false, by: "system" };
    backplane.publish(conversationId, { event: confirmationResolved(resolution, now()) });
  }
}

/** How long the outcome of a tool whose time was up may take to be stored, in milliseconds. */
const LATE_OUTCOME_MS = 5_000;
