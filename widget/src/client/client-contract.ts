import type { ServerEvent, SessionDescriptor } from "@smooth-agent/protocol";
import type { AnswerNotice, InteractionOutcome } from "./answers.js";
import type { Calls } from "./calls.js";
import type { ClientTools } from "./client-tools.js";
import type { ConnectionState } from "./connection-state.js";
import type { Endpoint } from "./endpoint.js";
import type { AuthContext } from "./host-word.js";
import type { Fetch, SocketConstructor } from "./runtime.js";
import type { SessionOptions } from "./session.js";
import type { SessionStore, StorageMode } from "./session-store.js";
import type { Timing } from "./timing.js";
import type { Turn } from "./turn.js";
import type { VerdictDetails } from "./verdict-details.js";
import type { VisitorNotice } from "./visitor-items.js";

export interface ClientOptions extends Omit<SessionOptions, "kept" | "clientTools"> {
  /** ws, wss, http or https; no path means `/ws`. A function is asked anew on every attempt. */
  endpoint: Endpoint;
  /**
   * Where the session, drafts and what is not sent yet are kept between page loads: a store of the
   * host's, or one of the page's own, `local` when absent. Nothing is written before `connect` or `send`.
   */
  storage?: SessionStore | StorageMode;
  /** Days after its last use for which something is kept, 30 when absent. */
  storageDays?: number;
  /** Functions of the page that the agent may call; declared whenever the session is taken up. */
  clientTools?: ClientTools;
  /** Needed where there is no global one, as in Node 20. */
  WebSocket?: SocketConstructor;
  fetch?: Fetch;
  timing?: Partial<Timing>;
}

/** What a client tells its listeners, in the order it happened. */
export type ClientNotice =
  | { type: "connection"; state: ConnectionState }
  /** The session is there; with its `activeTurn` the later events continue exactly. */
  | { type: "session"; session: SessionDescriptor; resumed: boolean; verified: boolean }
  | { type: "event"; event: ServerEvent }
  /** Told before any event that follows from it. */
  | AnswerNotice
  | VisitorNotice;

/** One visitor's connection to one agent. */
export interface Client extends Calls {
  readonly state: ConnectionState;
  subscribe(listener: (notice: ClientNotice) => void): () => void;
  /**
   * Takes up the session, or makes one.
   *
   * @returns resolves when online; rejects with a RequestError when this attempt failed (the client
   * goes on trying; a further call waits for the next attempt), was refused, or the client is closed
   */
  connect(): Promise<void>;
  /**
   * Sends a message, connecting first where needed. It is sent again after every drop until it is
   * acked, always under the same requestId, so that it starts one turn.
   *
   * @param requestId chosen here when absent; give the same one to try a refused message again
   */
  send(text: string, requestId?: string): Turn;
  /** Ends the turn with this requestId, now or when the connection is back. */
  cancel(requestId: string): void;
  /**
   * Answers the question of this tool call, once the connection is there if it still is pending then.
   * Where the question asks for a step-up, the host is asked anew who the visitor is.
   *
   * @returns resolves with the ack, or when it was lost but the turn shows the decision; rejects with
   * a RequestError, as NO_PENDING_CONFIRMATION when the question is gone; after any other error the
   * question may be answered again
   */
  confirm(toolCallId: string, approved: boolean, details?: VerdictDetails): Promise<void>;
  /**
   * Answers a form, as `confirm` does a question.
   *
   * @param values null to decline
   * @returns what came of it; when it was invalid, the form may be answered again. Rejects with a
   * RequestError, as NO_PENDING_INTERACTION when the form is gone
   */
  submitInteraction(
    interactionId: string,
    values: Record<string, unknown> | null,
  ): Promise<InteractionOutcome>;
  /**
   * Takes over what the host says of the visitor from now on: the visitor has logged in or out, or is
   * another one. What was anonymous becomes the visitor's who logs in.
   *
   * @returns whether the conversation goes on; at once, unless the host has to be asked or somebody
   * logs in. When not, it is closed and another visitor's: `connect` begins a new one.
   */
  setAuthContext(authContext: AuthContext): boolean | Promise<boolean>;
  /**
   * The visitor is nobody whom the host knows, as `setAuthContext(undefined)`; removes from storage what
   * is kept for anybody whom the host named, also when nothing was opened in this page.
   */
  logout(): boolean | Promise<boolean>;
  /** Leaves the conversation, which goes on at the server, for a new one. Connects where needed. */
  newConversation(): void;
  /** Leaves it for an earlier one of a verified visitor's; for a new one where that is not allowed. */
  continueConversation(conversationId: string): void;
  /** Keeps JSON for the visitor under this name, told as `kept` by the next client; undefined removes it. */
  keep(name: string, value: unknown): void;
  /** Ends the socket and all timers; the session is kept, and `connect` starts again. */
  close(): void;
  /** Closes, and removes what is kept for any visitor of this agent: the next one begins anew. */
  forget(): void;
}
