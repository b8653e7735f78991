import { bulkhead } from "cockatiel";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import { faultOf } from "../log/fault.js";
import { PolicyUnavailable, type AgentPolicy, type PolicyProvider } from "./agent-policy.js";
import { boundedBody } from "./bounded-body.js";
import { readPolicy } from "./policy-setting.js";

/** The host's own service that knows the policies. */
export interface PolicyEndpoint {
  /** Asked with `GET {url}/{agentId}`, the id percent-encoded. */
  url: string;
  /** Sent as `Authorization: Bearer`. */
  token?: string;
  /** How old the last good answer may be that serves while the service is down; one hour when absent. */
  staleMs?: number;
}

/** Milliseconds that an answer is good for. */
const FRESH_MS = 60_000;
const STALE_MS = 3_600_000;
/** Milliseconds after a failure in which an old answer serves without asking again. */
const HOLD_OFF_MS = 5_000;
const REQUEST_MS = 5_000;
const BODY_BYTES = 64 * 1024;
/** Agents that are remembered, and as many that do not exist. */
const CACHED = 1_000;
const REQUESTS_AT_ONCE = 16;
const REQUESTS_WAITING = 64;

interface Known {
  policy: AgentPolicy;
  /** When it was answered, Unix milliseconds. */
  at: number;
  /** When the service may be asked again after it failed. */
  retryAt: number;
}

/**
 * Policies from a service of the host. 404 is "no policy"; whatever else is no policy refuses the agent,
 * unless the last good answer is young enough to serve.
 */
export function httpPolicies(
  { url, token, staleMs = STALE_MS }: PolicyEndpoint,
  log: Logger,
  { now = Date.now, requestMs = REQUEST_MS }: { now?: () => number; requestMs?: number } = {},
): PolicyProvider {
  const base = url.replace(/\/+$/, "");
  const headers = {
    accept: "application/json",
    ...(token && { authorization: `Bearer ${token}` }),
  };
  // Apart from each other, so that a flood of made-up ids neither evicts nor delays the real ones.
  const known = new LRUCache<string, Known>({ max: CACHED });
  const absent = new LRUCache<string, number>({ max: CACHED });
  const slots = {
    known: bulkhead(REQUESTS_AT_ONCE, REQUESTS_WAITING),
    unknown: bulkhead(REQUESTS_AT_ONCE, REQUESTS_WAITING),
  };
  const asking = new Map<string, Promise<AgentPolicy | null>>();

  const request = async (agentId: string): Promise<AgentPolicy | null> => {
    const response = await fetch(`${base}/${encodeURIComponent(agentId)}`, {
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(requestMs),
    });
    if (response.status !== 200) await response.body?.cancel();
    if (response.status === 404) return null;
    if (response.status !== 200) throw new PolicyUnavailable(`status ${response.status}`);
    const read = readPolicy(JSON.parse(await boundedBody(response, BODY_BYTES)));
    if (!read.ok) throw new PolicyUnavailable(read.problems.join("; "));
    return read.policy;
  };

  const ask = async (agentId: string): Promise<AgentPolicy | null> => {
    const last = known.get(agentId);
    try {
      const policy = await slots[last ? "known" : "unknown"].execute(() => request(agentId));
      const at = now();
      if (policy) {
        known.set(agentId, { policy, at, retryAt: at });
        absent.delete(agentId);
      } else {
        known.delete(agentId);
        absent.set(agentId, at);
      }
      return policy;
    } catch (error) {
      const isServed = last !== undefined && now() - last.at < staleMs;
      const reason = error instanceof PolicyUnavailable ? error.message : faultOf(error);
      log.warn({ agentId, reason, isServed }, "the policy endpoint gave no policy");
      if (!isServed) throw new PolicyUnavailable("The policy endpoint gave no policy.");
      last.retryAt = now() + HOLD_OFF_MS;
      return last.policy;
    }
  };

  return {
    known: () => null,
    async policy(agentId, maxAgeMs = FRESH_MS) {
      if (!isSegment(agentId)) return null;
      const last = known.get(agentId);
      const isFresh = (at: number) => now() - at < Math.min(maxAgeMs, FRESH_MS);
      if (last && (isFresh(last.at) || isHeldOff(last, now(), staleMs))) return last.policy;
      const absentAt = absent.get(agentId);
      if (absentAt !== undefined && isFresh(absentAt)) return null;
      const pending =
        asking.get(agentId) ?? ask(agentId).finally(() => void asking.delete(agentId));
      asking.set(agentId, pending);
      return pending;
    },
  };
}

function isHeldOff({ at, retryAt }: Known, now: number, staleMs: number): boolean {
  return now < retryAt && now - at < staleMs;
}

/** Whether an id can be one segment of a path: dots alone would climb it, however they are encoded. */
function isSegment(agentId: string): boolean {
  return agentId !== "" && !/^\.{1,2}$/.test(agentId) && agentId.isWellFormed();
}
