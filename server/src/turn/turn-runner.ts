import { confirmationResolved, type ActiveTurn } from "@smooth-agent/protocol";
import type { Backplane } from "../backplane/backplane.js";
import { faultOf } from "../log/fault.js";
import type { TurnRecord } from "../store/records.js";
import { advanceTurn } from "./advance-turn.js";
import type { TurnPorts } from "./ports.js";
import { HAND_OVER } from "./settle-tool-calls.js";
import { afterEvent, snapshotOf } from "./snapshot.js";
import { cancelTurn, failTurn } from "./turn-end.js";
import type { TurnEvent } from "./turn-event.js";

/** Runs turns in this process and tells their conversations. */
export interface TurnRunner {
  /** Advances a turn that this process owns until it ends or parks. Returns at once. */
  start(turn: Pick<TurnRecord, "id">): void;
  /** Ends a running or parked turn; resolves when its terminal event was published, if it was won. */
  cancel(turn: TurnRecord): Promise<void>;
  /** Takes up what a dead process left, and ends questions whose time is up. */
  sweep(): Promise<void>;
  /** Waits up to `timeoutMs` for running turns, then lets go of the rest: they stay in the store. */
  drain(timeoutMs: number): Promise<void>;
}

/** How long to wait before a turn whose end could not be stored is tried again, in milliseconds. */
const STORAGE_RETRY_MS = 1_000;

export function turnRunner(ports: TurnPorts, backplane: Backplane): TurnRunner {
  let isDrained = false;
  const running = new Map<string, { controller: AbortController; done: Promise<void> }>();

  async function run(turnId: string, controller: AbortController): Promise<void> {
    const { signal } = controller;
    const read = () => patiently(turnId, signal, () => ports.store.turn(turnId));
    const found = await read();
    if (!found) return;
    const { conversationId, requestId } = found;
    let withdraw = () => {};
    // A cancel, here or on another instance, is heard as everybody else hears it; nothing follows it.
    const following = await backplane.follow(conversationId, ({ event }) => {
      if (event.type !== "cancelled" || event.requestId !== requestId) return;
      withdraw();
      controller.abort();
    });
    try {
      // Read again now that a cancel is heard: of one that came before, only the store knows.
      const turn = await read();
      if (turn?.state !== "running" || signal.aborted) return;
      let snapshot: ActiveTurn = snapshotOf(turn);
      withdraw = backplane.offer(conversationId, () => snapshot);
      await advance(turn, signal, (event) => {
        if (signal.aborted) return;
        snapshot = afterEvent(snapshot, event);
        // Whoever joins after the end must not be handed a snapshot whose end never comes.
        if (isTerminal(event)) withdraw();
        backplane.publish(conversationId, { event });
      });
    } finally {
      following.stop();
      withdraw();
    }
  }

  async function advance(
    turn: TurnRecord,
    signal: AbortSignal,
    tell: (event: TurnEvent) => void,
  ): Promise<void> {
    try {
      for await (const event of advanceTurn(turn.id, ports, signal)) tell(event);
    } catch (error) {
      if (signal.aborted) return;
      ports.log.error({ turnId: turn.id, ...faultOf(error) }, "turn failed");
      await patiently(turn.id, signal, async () => {
        for await (const event of failTurn(turn, ports, { retryable: true })) tell(event);
      });
    }
  }

  // The database may be gone for a while: the turn must still end, so that nobody waits for ever.
  async function patiently<Result>(
    turnId: string,
    signal: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result | undefined> {
    while (!signal.aborted) {
      try {
        return await work();
      } catch (error) {
        ports.log.error({ turnId, ...faultOf(error) }, "turn waits for the database");
        await new Promise((resolve) => setTimeout(resolve, STORAGE_RETRY_MS).unref());
      }
    }
    return undefined;
  }

  const runner: TurnRunner = {
    start({ id }) {
      // What begins after the drain is left in the store, for the next process to take up.
      if (isDrained) return;
      const controller = new AbortController();
      // A verdict may come before the run that parked has unwound: one run of a turn at a time.
      const before = running.get(id)?.done ?? Promise.resolve();
      const done = before
        .then(() => run(id, controller))
        .catch((error: unknown) => {
          ports.log.error({ turnId: id, ...faultOf(error) }, "turn stopped");
        })
        .finally(() => {
          if (running.get(id)?.controller === controller) running.delete(id);
        });
      running.set(id, { controller, done });
    },

    async cancel(turn) {
      for await (const event of cancelTurn(turn, ports)) {
        backplane.publish(turn.conversationId, { event });
      }
    },

    async sweep() {
      for (const turnId of await ports.store.abandonedTurns(ports.owner)) {
        if (await ports.store.claimTurn(turnId, ports.owner)) runner.start({ id: turnId });
      }
      const now = new Date(ports.now());
      for (const turnId of await ports.store.expiredTurns(now)) {
        const expired = await ports.store.expire(turnId, ports.owner, now);
        if (!expired) continue;
        const { conversationId, ...question } = expired;
        const resolution = { ...question, approved: false, by: "system" };
        backplane.publish(conversationId, {
          event: confirmationResolved(resolution, ports.now()),
        });
        runner.start({ id: turnId });
      }
    },

    async drain(timeoutMs) {
      await within(timeoutMs, running.values());
      isDrained = true;
      const left = [...running.keys()];
      for (const { controller } of running.values()) controller.abort(HAND_OVER);
      // A host's own gateway may not heed its signal.
      await within(UNWIND_MS, running.values());
      // Being asked to end is no crash: it must not count against the turn.
      const release = (turnId: string) => ports.store.releaseTurn(turnId, ports.owner);
      await Promise.allSettled(left.map(release));
    },
  };
  return runner;
}

/** How long a run that was told to stop may take to do so, in milliseconds. */
const UNWIND_MS = 1_000;

async function within(ms: number, runs: Iterable<{ done: Promise<void> }>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([Promise.allSettled([...runs].map(({ done }) => done)), late]);
  clearTimeout(timer);
}

function isTerminal({ type }: TurnEvent): boolean {
  return type === "eventual_response" || type === "cancelled" || type === "error";
}
