import type { IncomingMessage } from "node:http";
import type { PrincipalVerifier, VerifiedPrincipal } from "../auth/principal.js";
import { handshakeToken } from "./handshake-token.js";
import { refusalOf, type Refusal, type RefusalPorts } from "./refusal.js";

/** What becomes of a request to open a socket. */
export type Handshake =
  | { isWelcome: true; principal: VerifiedPrincipal | null }
  | { isWelcome: false; refusal: Refusal };

export interface HandshakePorts extends RefusalPorts {
  /** Null where nobody may come with a token. */
  principals: PrincipalVerifier | null;
}

/**
 * Decides whether a request may open a socket, and who opens it. A token that is good admits from
 * everywhere, one that is not admits nobody.
 *
 * @param origin of the page that asks
 */
export async function judgeHandshake(
  request: IncomingMessage,
  origin: string | undefined,
  ports: HandshakePorts,
): Promise<Handshake> {
  const { principals } = ports;
  // Where nobody verifies tokens, one is a proxy's or another service's, and says nothing here.
  const token = principals && handshakeToken(request);
  const principal = token === null ? null : ((await principals?.verify(token)) ?? null);
  const isForged = token !== null && !principal;
  // Asked after the wait, in which the server may have begun to drain.
  const refusal = refusalOf(principal ? "exempt" : { origin }, ports);
  if (isForged && refusal?.status !== 503) return { isWelcome: false, refusal: UNAUTHENTICATED };
  if (refusal) return { isWelcome: false, refusal };
  return { isWelcome: true, principal };
}

const UNAUTHENTICATED: Refusal = {
  status: 401,
  error: { code: "UNAUTHENTICATED", message: "The token is not valid." },
};
