import type { ServerEvent, SessionDescriptor } from "@smooth-agent/protocol";
import { CLOSE_CODES } from "@smooth-agent/protocol/codes";
import { createAnswers, type AnswerNotice, type InteractionOutcome } from "./answers.js";
import { createCalls, type Calls } from "./calls.js";
import { createClaims } from "./claims.js";
import { createPageTools, type ClientTools } from "./client-tools.js";
import { createConnection } from "./connection.js";
import type { ConnectionState } from "./connection-state.js";
import type { Endpoint } from "./endpoint.js";
import { connectionLost, hasCode, RequestError } from "./request-error.js";
import { createListeners } from "./listeners.js";
import { ENDED, UNVOUCHED } from "./own-error.js";
import { createRequests, type Ask } from "./requests.js";
import { newId, runtime, type Fetch, type SocketConstructor } from "./runtime.js";
import { createSession, REFUSALS, type AuthContext, type SessionOptions } from "./session.js";
import { browserSessionStore, type SessionStore } from "./session-store.js";
import { DEFAULT_TIMING, type Timing } from "./timing.js";
import type { Turn } from "./turn.js";
import { createTurns } from "./turns.js";
import type { VerdictDetails } from "./verdict-details.js";
import { createWaiters } from "./waiters.js";

export interface ClientOptions extends Omit<SessionOptions, "storage" | "clientTools"> {
  /** ws, wss, http or https; no path means `/ws`. A function is asked anew on every attempt. */
  endpoint: Endpoint;
  /** Where the session is kept between page loads; localStorage, else memory, when absent. */
  storage?: SessionStore;
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
  | { type: "session"; session: SessionDescriptor; resumed: boolean }
  | { type: "event"; event: ServerEvent }
  /** Told before any event that follows from it. */
  | AnswerNotice;

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
  /** Ends the socket and all timers; the session is kept, and `connect` starts again. */
  close(): void;
  /** Closes, and forgets the session here and in storage: the next visitor begins anew. */
  forget(): void;
}

/** @throws TypeError when there is no WebSocket or fetch, neither given nor global */
export function createClient(options: ClientOptions): Client {
  const { WebSocket = runtime.WebSocket, fetch = runtime.fetch } = options;
  if (!WebSocket || !fetch) throw new TypeError("WebSocket and fetch must be given here");
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const { subscribe, emit } = createListeners<ClientNotice>();
  const waiters = createWaiters();
  let storeKey = "";
  let descriptor: SessionDescriptor | undefined;
  /** Whether the server let go of the session for now only: its token may be good again. */
  let spared = false;
  /** Counts lost connections, so that what began on one does not go on on the next. */
  let era = 0;

  const connection = createConnection({
    endpoint: options.endpoint,
    WebSocket,
    fetch,
    timing,
    onState,
    onOpen: (url) => void takeUp(url),
    onEvent(event) {
      if (event.type === "session_ended") spared = /^(policy|expired)$/.test(event.data.reason);
      answers.hear(event);
      requests.hear(event);
      tools.hear(event);
      if (!turns.hear(event)) emit({ type: "event", event });
    },
    onLost(code) {
      era += 1;
      requests.lose();
      if (code !== CLOSE_CODES.sessionEnded || spared) return undefined;
      session.forget(storeKey);
      turns.lose();
      return ENDED;
    },
  });
  const requests = createRequests(connection.send, timing.answerMs);
  const heldSession = () => (isOnline() ? session.id : undefined);
  const tools = createPageTools(options.clientTools, requests.ask, heldSession);
  const storage = options.storage ?? browserSessionStore();
  const session = createSession({ ...options, storage, clientTools: tools.declared });
  const turns = createTurns({
    ask: requests.ask,
    send: connection.send,
    sessionId: heldSession,
    emit: (event) => emit({ type: "event", event }),
    renew: () => connection.drop(),
  });
  const answers = createAnswers({
    ask: requests.ask,
    askFor: requests.askFor,
    emit,
    isOnline,
    async takenUp() {
      const online = whenOnline(true);
      connection.open();
      await online;
      return descriptor?.activeTurn;
    },
    sessionId: requireSession,
    vouch: session.vouch,
  });
  const follow = createClaims({
    claim: (word) =>
      session.claim(storeKey, requests.ask, word, (fresh, resumed) => {
        if (fresh.conversationId !== descriptor?.conversationId) {
          throw new RequestError(UNVOUCHED, "client");
        }
        adopt(fresh, resumed);
      }),
    held: () => descriptor?.conversationId,
    online: () => whenOnline(true).then(isOnline, isOnline),
    drop: (error) => isOnline() && drop(error),
    close,
    forget,
  });

  return {
    get state() {
      return connection.state;
    },
    subscribe,
    connect() {
      const online = whenOnline(false);
      connection.open();
      return online;
    },
    send(text, requestId = newId()) {
      const turn = turns.start(text, requestId);
      connection.open();
      return turn;
    },
    cancel: turns.cancel,
    confirm: answers.confirm,
    submitInteraction: answers.submit,
    ...createCalls(requests, requireSession),
    setAuthContext(authContext) {
      const identified = session.identify(authContext);
      return identified instanceof Promise ? identified.then(follow) : follow(identified);
    },
    close,
    forget,
  };

  function adopt(fresh: SessionDescriptor, resumed: boolean): void {
    descriptor = fresh;
    answers.note(fresh.activeTurn?.pending);
    emit({ type: "session", session: fresh, resumed });
    connection.ready();
    turns.ready(fresh, resumed);
    tools.ready(fresh);
  }

  async function takeUp(url: string): Promise<void> {
    const mine = era;
    spared = false;
    const ask: Ask = (action, accept) =>
      mine === era ? requests.ask(action, accept) : Promise.reject(connectionLost());
    const { agentId, conversationId } = options;
    const parts = ["smooth-agent", url.split("?")[0], agentId, conversationId];
    storeKey = parts.filter((part) => part !== undefined).join(":");
    try {
      await session.open(storeKey, ask, adopt);
    } catch (error) {
      if (mine !== era) return;
      if (hasCode(error, REFUSALS)) connection.refuse(error.descriptor);
      else drop(error);
    }
  }

  function drop(error: unknown): void {
    connection.drop(error instanceof RequestError ? error.descriptor : UNVOUCHED);
  }

  function close(): void {
    turns.close();
    connection.close();
  }

  function forget(): void {
    close();
    session.forget(storeKey);
  }

  function onState(state: ConnectionState): void {
    emit({ type: "connection", state });
    waiters.hear(state);
  }

  function whenOnline(patient: boolean): Promise<void> {
    return isOnline() ? Promise.resolve() : waiters.wait(patient);
  }

  function isOnline(): boolean {
    return connection.state.status === "online";
  }

  function requireSession(): string {
    if (!isOnline() || session.id === undefined) throw connectionLost();
    return session.id;
  }
}
