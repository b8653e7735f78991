import type { Logger } from "pino";
import { breaker, type Breaker, type BreakerLimits } from "./breaker.js";
import type { Gateway } from "./gateway.js";
import type { GatewayKey, GatewayOf } from "./gateway-key.js";
import { organizationGateways, sharedGateway, type Gateways } from "./gateways.js";
import { guardedGateway } from "./guarded-gateway.js";
import { openaiGateway } from "./openai-gateway.js";
import { pricedGateway, type Prices } from "./prices.js";

/** What a deployment says of its gateways. */
export interface DeployedGatewaysOptions {
  /** A gateway of the host's own, in place of `openai`. */
  gateway?: Gateway;
  /** The server's own key, and the URL of every key that comes without one. */
  openai?: { apiKey?: string; baseURL?: string };
  gatewayOf?: GatewayOf;
  prices?: Prices;
  limits: BreakerLimits & { gatewayKeyMs: number };
  log: Logger;
}

/** Gateways with what all of them have: a breaker each, and the prices of the deployment. */
export function deployedGateways(options: DeployedGatewaysOptions): Gateways {
  const { openai = {}, gatewayOf, prices = {}, limits, log } = options;
  const breakerOf = (place: string): Breaker =>
    breaker(limits, (isOpen) => {
      if (isOpen) log.warn({ gateway: place }, "gateway is left alone after repeated faults");
      else log.info({ gateway: place }, "gateway is used again");
    });
  const open = ({ apiKey, baseURL = openai.baseURL }: GatewayKey): Gateway => {
    const place = baseURL === undefined ? "default" : new URL(baseURL).host;
    return pricedGateway(openaiGateway({ apiKey, baseURL, breaker: breakerOf(place) }), prices);
  };
  const { apiKey } = openai;
  let own = apiKey ? open({ apiKey }) : null;
  if (options.gateway) {
    own = pricedGateway(guardedGateway(options.gateway, breakerOf("the host's own")), prices);
  }
  if (!gatewayOf) return sharedGateway(own);
  const now = () => performance.now();
  return organizationGateways({ gatewayOf, own, open, keyMs: limits.gatewayKeyMs, log, now });
}
