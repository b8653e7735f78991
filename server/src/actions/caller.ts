import type { ActiveTurn, ClientTool, LastTurn, ServerEvent } from "@smooth-agent/protocol";
import type { Principal } from "../auth/principal.js";
import type { SessionRecord } from "../store/records.js";
import type { VerdictSource } from "../store/store.js";

/** The connection an action came from, as far as actions need it. */
export interface Caller {
  /** Names the connection as the cause of what its actions publish. */
  id: string;
  /** The `Origin` header of its handshake, as it came. */
  origin: string | undefined;
  /** The client's IP address, as far as the configured proxies can be believed; empty when unknown. */
  address: string;
  /** The dashboard or server of the host behind it; null for a visitor's page. */
  principal: Principal | null;
  /** Sends one event, after everything that was sent before. */
  reply(event: ServerEvent): void;
  /** A session that this connection created or resumed; nothing else is usable here. */
  session(sessionId: string): SessionRecord | undefined;
  sessions(): SessionRecord[];
  /**
   * Admits the connection to a session: from here on it gets the conversation's events, held back
   * until `release` is called, so that the answer which carries the snapshot goes first.
   *
   * @param clientTools what the agent may call in the page behind the connection; as before when absent
   * @throws {ActionError} SESSION_NOT_FOUND when the session ended before its end could be heard here
   */
  hold(session: SessionRecord, clientTools?: readonly ClientTool[]): Promise<Admission>;
  /** Lets go of a session: it is usable here no more, and its conversation is heard no more. */
  leave(sessionId: string): void;
  /** The tool call of the question that this connection was shown last in a conversation. */
  shownQuestion(conversationId: string): string | undefined;
  /** The last verdict of this connection, at Unix milliseconds: at once again, it is a repetition. */
  lastVerdict: { requestId: string; at: number } | undefined;
  /** The turn that this connection started last. */
  lastStarted: { conversationId: string; requestId: string } | undefined;
}

/** Where the conversation stands at the instant its events begin to be held back. */
export interface Admission {
  activeTurn: ActiveTurn | null;
  lastTurn: LastTurn | null;
  release(): void;
}

/** What is recorded of a caller who decides. */
export function verdictSource(
  { id: sessionId, userId }: SessionRecord,
  { origin }: Pick<Caller, "origin">,
): VerdictSource {
  return { sessionId, userId, origin: origin ?? null };
}
