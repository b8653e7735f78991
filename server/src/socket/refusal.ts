import type { IncomingMessage } from "node:http";
import type { ErrorCode } from "@smooth-agent/protocol";
import type { PolicyProvider } from "../auth/agent-policy.js";
import { isOriginAllowed } from "../auth/origin.js";

/** Why a handshake is refused, in the words a plain GET is told too. */
export interface Refusal {
  status: 401 | 403 | 503;
  error: { code: ErrorCode; message: string };
}

/**
 * Decides whether a page may connect at all: not while the server starts or drains, and not from an origin that
 * no agent allows, where every policy is known beforehand.
 *
 * @param page `exempt` for a verified principal, who may come from everywhere
 */
export function refusalOf(
  page: { origin: string | undefined } | "exempt",
  { policies, strict, isAway }: RefusalPorts,
): Refusal | null {
  if (isAway()) {
    const message = "The server is restarting. Please try again.";
    return { status: 503, error: { code: "UNAVAILABLE", message } };
  }
  const known = strict ? policies.known() : null;
  // Without any agent there is nothing to compare with: creating a session says what is missing.
  if (!known?.length || page === "exempt") return null;
  const { origin } = page;
  if (known.some(({ allowedOrigins }) => isOriginAllowed(origin, allowedOrigins))) return null;
  const message = "This page's origin is not in the allowedOrigins of any agent.";
  return { status: 403, error: { code: "ORIGIN_NOT_ALLOWED", message } };
}

export interface RefusalPorts {
  policies: PolicyProvider;
  strict: boolean;
  isAway: () => boolean;
}

/**
 * The origin of the page behind a plain GET. A browser leaves the header out when page and server
 * share an origin; then the request's own fields name it.
 */
export function pageOrigin(request: IncomingMessage): string | undefined {
  const { origin, referer, host } = request.headers;
  if (origin !== undefined) return origin;
  if (request.headers["sec-fetch-site"] !== "same-origin") return undefined;
  if (referer !== undefined && URL.canParse(referer)) return new URL(referer).origin;
  // Behind a proxy that ends TLS only its header knows the scheme; nothing but this answer hangs on it.
  const [scheme = "http"] = String(request.headers["x-forwarded-proto"] ?? "http").split(",");
  return host === undefined ? undefined : `${scheme.trim()}://${host}`;
}
