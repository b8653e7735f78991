import type { IncomingMessage } from "node:http";
import { bearerOf } from "../auth/bearer.js";

const taken = new WeakMap<IncomingMessage, string[]>();

/**
 * Takes the tokens out of a request's URL, before anybody logs it. They are kept beside the request for
 * {@link handshakeToken}.
 */
export function takeTokens(request: IncomingMessage): void {
  const [path = "/", ...rest] = (request.url ?? "/").split("?");
  const query = new URLSearchParams(rest.join("?"));
  if (!query.has("token")) return;
  taken.set(request, query.getAll("token"));
  query.delete("token");
  request.url = query.size > 0 ? `${path}?${query.toString()}` : path;
}

/**
 * The token that a request to the socket's address carries, as `?token=` or in its Authorization header;
 * null when there is none. Different ones are none that anybody verifies.
 */
export function handshakeToken(request: IncomingMessage): string | null {
  const header = bearerOf(request);
  const tokens = new Set([...(taken.get(request) ?? []), ...(header === null ? [] : [header])]);
  const [only = null] = tokens;
  return tokens.size > 1 ? "" : only;
}
