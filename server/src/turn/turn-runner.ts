import type { Backplane } from "../backplane/backplane.js";
import { faultOf } from "../log/fault.js";
import type { TurnRecord } from "../store/records.js";
import type { VerdictSource } from "../store/store.js";
import { Aftermath } from "./aftermath.js";
import type { TurnPorts } from "./ports.js";
import { tellDropped } from "./question-notice.js";
import { HAND_OVER } from "./tool-execution.js";
import { cancelTurn, keepSaid } from "./turn-end.js";
import { TurnRun } from "./turn-run.js";
import { turnSweep } from "./turn-sweep.js";
import { within } from "./within.js";

/** Runs turns in this process and tells their conversations. */
export interface TurnRunner {
  /**
   * Advances a turn that this process owns until it ends or parks. Returns at once.
   *
   * @param isNew whether nobody has run it before; false when absent
   */
  start(turn: Pick<TurnRecord, "id">, isNew?: boolean): void;
  /**
   * Ends a running or parked turn; resolves when its terminal event was published, if it was won.
   *
   * @param source who ended it; absent when it was no visitor
   */
  cancel(turn: TurnRecord, source?: VerdictSource): Promise<void>;
  /** Takes up what a dead process left, lets go of what is another's, ends questions whose time is up. */
  sweep(): Promise<void>;
  /** Stops every run and leaves its turn as it stands: this process owns none any more. */
  abandon(): void;
  /** Waits up to `timeoutMs` for running turns, then lets go of the rest: they stay in the store. */
  drain(timeoutMs: number): Promise<void>;
}

export function turnRunner(ports: TurnPorts, backplane: Backplane): TurnRunner {
  let isDrained = false;
  const running = new Map<string, { run: TurnRun; done: Promise<void> }>();
  /** Turns that are being cancelled here. */
  const ending = new Set<string>();
  const aftermath = new Aftermath(ports);
  const sweep = turnSweep(ports, backplane);
  const runs = () => [...running.values()].map(({ run }) => run);

  const runner: TurnRunner = {
    start({ id }, isNew = false) {
      // What begins after the drain is left in the store, for the next process to take up.
      if (isDrained) return;
      const run = new TurnRun(id, ports, backplane, aftermath, isNew);
      // A verdict may come before the run that parked has unwound: one run of a turn at a time.
      const before = running.get(id)?.done ?? Promise.resolve();
      const done = before
        .then(() => run.go())
        .finally(() => {
          if (running.get(id)?.run === run) running.delete(id);
        });
      running.set(id, { run, done });
    },

    async cancel(turn, source) {
      const { id, conversationId } = turn;
      ending.add(id);
      try {
        const event = await cancelTurn(turn, ports, source);
        if (!event) return;
        // Nothing is told from here on, so that what is kept is what was told.
        const run = running.get(id)?.run;
        run?.abort();
        await keepSaid(id, run?.utterance.said(), ports).catch((error: unknown) => {
          ports.log.error({ turnId: id, ...faultOf(error) }, "partial answer was not kept");
        });
        backplane.publish(conversationId, { event });
        tellDropped(id, source ? "visitor" : "system", ports);
      } finally {
        ending.delete(id);
      }
    },

    async sweep() {
      await sweep.letGoOf(runs(), (turnId) => ending.has(turnId));
      for await (const turnId of sweep.takeUp(runs())) runner.start({ id: turnId });
      // Whoever took over was cut off before that turn was ended.
      for (const turn of await ports.store.overtakenTurns()) await runner.cancel(turn);
    },

    abandon() {
      for (const run of runs()) run.abort(HAND_OVER);
    },

    async drain(timeoutMs) {
      const until = Date.now() + timeoutMs;
      await within(timeoutMs, allOf(running.values()));
      isDrained = true;
      const left = [...running.keys()];
      runner.abandon();
      // A host's own gateway may not heed its signal.
      await within(UNWIND_MS, allOf(running.values()));
      // Being asked to end is no crash: it must not count against the turn.
      const release = (turnId: string) => ports.store.releaseTurn(turnId, ports.owner);
      await Promise.allSettled(left.map(release));
      await aftermath.drain(Math.max(until - Date.now(), 0));
    },
  };
  return runner;
}

/** How long a run that was told to stop may take to do so, in milliseconds. */
const UNWIND_MS = 1_000;

/** Never rejects. */
function allOf(runs: Iterable<{ done: Promise<void> }>): Promise<unknown> {
  return Promise.allSettled([...runs].map(({ done }) => done));
}
