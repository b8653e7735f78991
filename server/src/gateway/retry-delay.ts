import { setTimeout as wait } from "node:timers/promises";
import { GatewayError } from "./gateway.js";
import type { GatewayLimits } from "./gateway-limits.js";

/**
 * How long to wait before the next request, in milliseconds: what the gateway asked for, else a random
 * time under a bound that doubles with each attempt. `undefined`: do not try again.
 *
 * @param attempts how many requests failed so far, 1 or more
 * @param random from 0 to below 1
 */
export function retryDelay(
  failure: GatewayError,
  attempts: number,
  limits: Pick<GatewayLimits, "backoffMs" | "retryAfterMaxMs">,
  random: () => number = Math.random,
): number | undefined {
  if (!failure.retryable) return undefined;
  const { retryAfterMs } = failure;
  if (retryAfterMs === undefined) {
    return random() * Math.min(BACKOFF_MAX_MS, limits.backoffMs * 2 ** (attempts - 1));
  }
  return retryAfterMs <= limits.retryAfterMaxMs ? retryAfterMs : undefined;
}

/** What `Retry-After` asks for, in milliseconds: it carries seconds or an HTTP date. */
export function retryAfterMs(
  headers: Headers | undefined,
  now: () => number = Date.now,
): number | undefined {
  const value = headers?.get("retry-after")?.trim();
  if (!value) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now();
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}

/** @throws {GatewayError} `aborted`, at once when `signal` is */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch {
    throw new GatewayError("aborted", "aborted by the caller");
  }
}

const BACKOFF_MAX_MS = 8_000;
