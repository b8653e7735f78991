import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import { faultOf } from "../log/fault.js";
import type { Store } from "../store/store.js";

/** This process's right to run turns: while it has it, no other process takes them over. */
export interface ProcessLease {
  /** Names this process on its turns; another name after the lease was lost. */
  readonly owner: string;
  /** Enters the process and keeps its lease alive. */
  begin(): Promise<void>;
  /** Ends the lease, so that what is left is taken up at once. */
  end(): Promise<void>;
}

export interface ProcessLeaseOptions {
  store: Pick<Store, "enterProcess" | "renewLease" | "leaveProcess">;
  /** How long a lease lasts without renewal, in milliseconds; renewed three times as often. */
  leaseMs: number;
  /** Called when the lease ran out: every turn of this process may be another's by now. */
  onLost(): void;
  log: Logger;
}

export function processLease({ store, leaseMs, onLost, log }: ProcessLeaseOptions): ProcessLease {
  let owner: string = randomUUID();
  let timer: NodeJS.Timeout | undefined;
  let hasEnded = false;

  const renew = async (): Promise<void> => {
    try {
      if (!(await store.renewLease(owner, leaseMs))) await enterAnew();
    } catch (error) {
      // While the database is away nobody else can take a turn over either.
      log.error(faultOf(error), "lease was not renewed");
    }
    schedule();
  };

  const enterAnew = async (): Promise<void> => {
    if (hasEnded) return;
    log.error({ owner }, "lease lost: this process was silent for too long, its turns are let go");
    // A name of its own, so that whatever still runs under the old one is refused by the store.
    owner = randomUUID();
    onLost();
    await store.enterProcess(owner, leaseMs);
  };

  const schedule = () => {
    if (!hasEnded) timer = setTimeout(() => void renew(), leaseMs / 3).unref();
  };

  return {
    get owner() {
      return owner;
    },
    async begin() {
      await store.enterProcess(owner, leaseMs);
      schedule();
    },
    async end() {
      hasEnded = true;
      clearTimeout(timer);
      await store.leaveProcess(owner);
    },
  };
}
