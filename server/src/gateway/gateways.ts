import { createHash } from "node:crypto";
import { timeout, TimeoutStrategy } from "cockatiel";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import { faultOf } from "../log/fault.js";
import { GatewayError, type Gateway } from "./gateway.js";
import { gatewayKey, type GatewayKey, type GatewayOf } from "./gateway-key.js";

/** Which gateway answers for an organization. */
export interface Gateways {
  /**
   * @returns null when there is no key for a model
   * @throws {GatewayError} when the source of keys fails: a fault never falls back to another one's key
   */
  of(organizationId: string): Promise<Gateway | null>;
}

/** One gateway for every organization. */
export function sharedGateway(gateway: Gateway | null): Gateways {
  return { of: async () => gateway };
}

export interface OrganizationGatewaysOptions {
  gatewayOf: GatewayOf;
  /** For an organization without a key of its own; null: it is served by none. */
  own: Gateway | null;
  /** Makes the gateway of a key that was not seen before. */
  open(key: GatewayKey): Gateway;
  /** How long an answer of `gatewayOf` holds, in milliseconds. */
  keyMs: number;
  log: Logger;
  /** A clock in milliseconds that only goes forward. */
  now: () => number;
}

/**
 * Gateways by the keys that a host's function gives its organizations: one per distinct key and URL,
 * and one question per organization at a time.
 */
export function organizationGateways(options: OrganizationGatewaysOptions): Gateways {
  const { gatewayOf, own, open, keyMs, log, now } = options;
  const gateways = new LRUCache<string, Gateway>({ max: MAX_GATEWAYS });
  const gatewayWith = (key: GatewayKey): Gateway => {
    const name = nameOf(key);
    const gateway = gateways.get(name) ?? open(key);
    gateways.set(name, gateway);
    return gateway;
  };
  const answers = new LRUCache<string, { gateway: Gateway | null }>({
    max: MAX_ORGANIZATIONS,
    ttl: Math.max(keyMs, 1),
    perf: { now },
    // An answer that is on its way is somebody's who waits for it.
    ignoreFetchAbort: true,
    fetchMethod: async (organizationId) => {
      try {
        const key = gatewayKey.parse(await inTime.execute(async () => gatewayOf(organizationId)));
        return { gateway: key ? gatewayWith(key) : own };
      } catch (error) {
        log.error({ organizationId, ...faultOf(error) }, "gatewayOf failed");
        throw new GatewayError("unavailable", "the source of gateway keys failed");
      }
    },
  });
  return {
    async of(organizationId) {
      const answer = await answers.fetch(organizationId);
      if (!answer) throw new GatewayError("unavailable", "the source of gateway keys gave nothing");
      return answer.gateway;
    },
  };
}

/** Organizations whose answer is remembered, and gateways that are kept; what was not used longest goes. */
const MAX_ORGANIZATIONS = 1_000;
const MAX_GATEWAYS = 256;

const ANSWER_MS = 5_000;
const inTime = timeout(ANSWER_MS, TimeoutStrategy.Aggressive);

/** Tells keys apart without keeping them. */
function nameOf({ apiKey, baseURL = "" }: GatewayKey): string {
  return createHash("sha256").update(`${apiKey}\0${baseURL}`).digest("hex");
}
