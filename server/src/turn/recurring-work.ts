import type { Logger } from "pino";
import { faultOf } from "../log/fault.js";

/** Work that is done again and again, never twice at once. */
export interface RecurringWork {
  /** Does it at once, and from then on after each pause; resolves when it was done for the first time. */
  begin(): Promise<void>;
  /** Does it no more, and resolves when what was under way has ended. */
  end(): Promise<void>;
}

/**
 * @param name what the log calls it when it fails; it is done again all the same
 * @param everyMs the pause between its end and its next beginning, in milliseconds
 */
export function recurringWork(
  name: string,
  everyMs: number,
  work: () => Promise<unknown>,
  log: Logger,
): RecurringWork {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let hasEnded = false;
  const once = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.error(faultOf(error), `${name} failed`);
    }
    if (!hasEnded) timer = setTimeout(() => void (running = once()), everyMs).unref();
  };
  return {
    begin: () => (running = once()),
    async end() {
      hasEnded = true;
      clearTimeout(timer);
      await running;
    },
  };
}
