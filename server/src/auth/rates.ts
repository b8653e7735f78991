import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { addressGroup } from "./client-address.js";

export interface RateLimits {
  /** Messages of one visitor in a minute: a verified one with an agent, else of a conversation. */
  messagesPerMinute: number;
  /** Messages from one address in a minute, over all its visitors. */
  messagesPerMinutePerAddress: number;
  /** Sessions that one address may create in a minute. */
  sessionsPerMinutePerAddress: number;
}

/** More than anybody types, also from an office or a shop that shares one address. */
export const RATE_LIMITS: RateLimits = {
  messagesPerMinute: 120,
  messagesPerMinutePerAddress: 6_000,
  sessionsPerMinutePerAddress: 3_000,
};

/** Counts what visitors do. Each answer is 0 when it is admitted, else the milliseconds to wait. */
export interface Rates {
  /** @param visitor whoever the message is from; never a message's own words */
  message(visitor: string, address: string): Promise<number>;
  session(address: string): Promise<number>;
}

/** Rates in this process's memory; a count is dropped when its minute is over. */
export function memoryRates(limits: RateLimits): Rates {
  const perMinute = (points: number) => new RateLimiterMemory({ points, duration: 60 });
  const visitors = perMinute(limits.messagesPerMinute);
  const senders = perMinute(limits.messagesPerMinutePerAddress);
  const creators = perMinute(limits.sessionsPerMinutePerAddress);
  return {
    message: async (visitor, address) =>
      // What one visitor had refused does not count against the others of the address.
      (await waitOf(visitors, visitor)) || waitOf(senders, addressGroup(address)),
    session: (address) => waitOf(creators, addressGroup(address)),
  };
}

async function waitOf(limiter: RateLimiterMemory, key: string): Promise<number> {
  try {
    await limiter.consume(key);
    return 0;
  } catch (error) {
    if (error instanceof RateLimiterRes) return Math.max(error.msBeforeNext, 1);
    throw error;
  }
}
