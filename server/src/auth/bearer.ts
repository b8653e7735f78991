import type { IncomingMessage } from "node:http";

/**
 * The token of an `Authorization: Bearer` header; null when the request has none of that scheme. One that
 * is empty is empty text, which nobody verifies.
 */
export function bearerOf({ headers }: Pick<IncomingMessage, "headers">): string | null {
  const [, token] = /^Bearer(?:\s+(.*))?$/i.exec(headers.authorization?.trim() ?? "") ?? [
    null,
    null,
  ];
  return token === null ? null : (token ?? "").trim();
}
