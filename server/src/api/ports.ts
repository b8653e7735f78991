import type { ActionPorts } from "../actions/ports.js";
import type { Principal } from "../auth/principal.js";

/** Everything the routes of the host API share: what the actions have, and who may call. */
export interface ApiPorts extends ActionPorts {
  principals: {
    /** The principal that a bearer token names; null for whatever is wrong with the token. */
    verify(token: string): Promise<Principal | null>;
  };
  /** True while the server starts or drains. */
  isAway: () => boolean;
  limits: ApiLimits;
}

export interface ApiLimits {
  /** Requests of one principal in a minute; more are refused with RATE_LIMITED. */
  apiRequestsPerMinute: number;
}
