import { cancelled, turnSnapshot } from "@smooth-agent/protocol";
import type { Backplane } from "../backplane/backplane.js";
import { faultOf } from "../log/fault.js";
import { LONGEST_SOURCED_MS } from "../tools/tool-source.js";
import type { TurnPorts } from "./ports.js";
import { expireClientCall } from "./client-call.js";
import { expireQuestion } from "./question-expiry.js";
import { snapshotOf } from "./snapshot.js";
import { OUTCOME_UNKNOWN } from "./tool-run.js";
import { cancelTurn, keepSaid } from "./turn-end.js";
import type { TurnRun } from "./turn-run.js";

/** What a process does now and then about turns that nobody tells it of. */
export interface TurnSweep {
  /**
   * Stops the runs whose turn was ended or taken over elsewhere.
   *
   * @param isEnding whether a turn is being cancelled here, by someone who is about to say so
   */
  letGoOf(runs: readonly TurnRun[], isEnding: (turnId: string) => boolean): Promise<void>;
  /**
   * Claims what a dead process left and what an expiry sets going, and finds what is this process's own
   * and not run: a database may break off before it says that it gave a turn. A fault of one of them
   * leaves the others alone.
   *
   * @param runs the runs of this process
   * @returns yields each turn to run from here on, as soon as it is this process's
   */
  takeUp(runs: readonly TurnRun[]): AsyncGenerator<string, void>;
}

export function turnSweep(ports: TurnPorts, backplane: Backplane): TurnSweep {
  const { store, now, log } = ports;
  /** Since when an own turn was seen that nobody ran. */
  let suspects = new Map<string, number>();
  const longestToolMs = [...ports.tools.values()]
    .map(({ definition }) => definition.timeoutMs ?? ports.limits.toolMs)
    .reduce(
      (longest, ms) => Math.max(longest, ms),
      Math.max(ports.limits.clientToolMs, ports.toolSources.length && LONGEST_SOURCED_MS),
    );
  return {
    async letGoOf(runs, isEnding) {
      if (runs.length === 0) return;
      const lost = await store.lostTurns(
        runs.map(({ turnId }) => turnId),
        ports.owner,
      );
      for (const { id, state, conversationId, requestId } of lost) {
        const run = runs.find(({ turnId }) => turnId === id);
        if (!run || run.isStopped || isEnding(id)) continue;
        run.abort();
        if (state !== "cancelled") continue;
        await keepSaid(id, run.utterance.said(), ports);
        backplane.publish(conversationId, { event: cancelled(requestId, now()) });
      }
    },

    async *takeUp(runs) {
      yield* await ownOrphans(runs);
      for (const turnId of await store.abandonedTurns(ports.owner)) {
        if (await spared(turnId, () => claim(turnId))) yield turnId;
      }
      for (const due of await store.expiredTurns(new Date(now()))) {
        if (await spared(due.turnId, () => expireQuestion(due, ports, backplane))) yield due.turnId;
      }
      for (const due of await store.expiredClientCalls(new Date(now()))) {
        const { turnId } = due;
        if (await spared(turnId, () => expireClientCall(due, ports, backplane))) yield turnId;
      }
      // A call outlives its turn when that was cancelled, and then nobody takes it up with the turn.
      const { from: _, ...unknown } = OUTCOME_UNKNOWN;
      await store.closeLostCalls(new Date(now() - longestToolMs - LATE_OUTCOME_MS), unknown);
    },
  };

  async function spared(turnId: string, work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      log.error({ turnId, ...faultOf(error) }, "turn could not be taken up");
      return false;
    }
  }

  /** Those that stayed so for longer than the database may take to say that it gave them. */
  async function ownOrphans(runs: readonly TurnRun[]): Promise<string[]> {
    const owned = await store.ownedTurns(ports.owner);
    const orphans = owned.filter((id) => !runs.some(({ turnId }) => turnId === id));
    suspects = new Map(orphans.map((id) => [id, suspects.get(id) ?? now()]));
    return orphans.filter((id) => now() - (suspects.get(id) ?? 0) >= UNSTARTED_MS);
  }

  /** What the dead process said of the step that it did not store is said anew. */
  async function claim(turnId: string): Promise<boolean> {
    if (!(await store.claimTurn(turnId, ports.owner))) return false;
    const turn = await store.turn(turnId);
    if (turn?.state !== "running") return false;
    // Its process died between the end of its visitor's sessions and its own.
    const unattended = await store.unattendedTurns([turn.conversationId]);
    if (unattended.some(({ id }) => id === turnId)) {
      const terminal = await cancelTurn(turn, ports);
      if (terminal) backplane.publish(turn.conversationId, { event: terminal });
      return false;
    }
    const event = turnSnapshot(snapshotOf(turn), now());
    backplane.publish(turn.conversationId, { event });
    return true;
  }
}

/** Longer than a transaction may take, so that no turn is run before its message is acked. */
const UNSTARTED_MS = 12_000;
/** How long the outcome of a tool whose time was up may take to be stored, in milliseconds. */
const LATE_OUTCOME_MS = 5_000;
