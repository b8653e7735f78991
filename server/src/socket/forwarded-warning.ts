import type { IncomingHttpHeaders } from "node:http";
import type { Logger } from "pino";

/**
 * Says once that a proxy stands before the server which nobody spoke of: all its visitors then count
 * as one address.
 *
 * @param trustProxy the setting; whoever made it knows
 */
export function forwardedWarning(
  trustProxy: unknown,
  log: Logger,
): (headers: IncomingHttpHeaders) => void {
  let isSaid = trustProxy !== undefined;
  return (headers) => {
    if (isSaid || headers["x-forwarded-for"] === undefined) return;
    isSaid = true;
    log.warn("X-Forwarded-For is sent and not believed: set trustProxy when a proxy stands before");
  };
}
