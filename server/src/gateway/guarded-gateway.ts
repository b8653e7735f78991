import type { Breaker } from "./breaker.js";
import type { Gateway } from "./gateway.js";

/** A host's own gateway behind a breaker: a step counts as one request. */
export function guardedGateway(gateway: Gateway, breaker: Breaker): Gateway {
  return {
    stream: (request, signal) => breaker.guard(() => gateway.stream(request, signal), signal),
  };
}
