import type { Gateway } from "./gateway.js";

/** Which gateway answers for an organization. */
export interface Gateways {
  /**
   * @returns null when there is no key for a model
   * @throws whatever the source of keys throws: a fault never falls back to another one's key
   */
  of(organizationId: string): Promise<Gateway | null>;
}

/** One gateway for every organization. */
export function sharedGateway(gateway: Gateway | null): Gateways {
  return { of: async () => gateway };
}
