import type { SessionDescriptor } from "@smooth-agent/protocol";
import { CLOSE_CODES } from "@smooth-agent/protocol/codes";
import { createAnswers } from "./answers.js";
import { createCalls } from "./calls.js";
import { createClaims } from "./claims.js";
import type { Client, ClientNotice, ClientOptions } from "./client-contract.js";
import { createPageTools } from "./client-tools.js";
import { createConnection } from "./connection.js";
import type { ConnectionState } from "./connection-state.js";
import type { AuthContext } from "./host-word.js";
import { createKeptItems, NOBODY } from "./kept-items.js";
import { createListeners } from "./listeners.js";
import { ENDED, UNVOUCHED } from "./own-error.js";
import { contextOf } from "./page-words.js";
import { connectionLost, hasCode, RequestError } from "./request-error.js";
import { createRequests, type Ask } from "./requests.js";
import { newId, runtime } from "./runtime.js";
import { createSession, REFUSALS } from "./session.js";
import { browserSessionStore } from "./session-store.js";
import { DEFAULT_TIMING } from "./timing.js";
import { createTurns } from "./turns.js";
import { createVisitorItems } from "./visitor-items.js";
import { createWaiters } from "./waiters.js";

export type { Client, ClientNotice, ClientOptions };

/** @throws TypeError when there is no WebSocket or fetch, neither given nor global */
export function createClient(options: ClientOptions): Client {
  const { WebSocket = runtime.WebSocket, fetch = runtime.fetch } = options;
  if (!WebSocket || !fetch) throw new TypeError("WebSocket and fetch must be given here");
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const { subscribe, emit } = createListeners<ClientNotice>();
  const waiters = createWaiters();
  /** Who the visitor is, and what is kept for them: asked while the socket opens. */
  let introduced: Promise<void> | undefined;
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
    onDial(url) {
      introduced = items.introduce(url);
      introduced.catch(() => {});
    },
    onOpen: () => void takeUp(),
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
      session.forget();
      turns.lose();
      return ENDED;
    },
  });
  const requests = createRequests(connection.send, timing.answerMs);
  const heldSession = () => (isOnline() ? session.id : undefined);
  const tools = createPageTools(options.clientTools, requests.ask, heldSession);
  const { agentId, conversationId, storage, storageDays = 30 } = options;
  const store = typeof storage === "object" ? storage : browserSessionStore(storage);
  const kept = createKeptItems(store, storageDays, agentId, conversationId);
  const items = createVisitorItems({
    kept,
    emit,
    endpoint: options.endpoint,
    visitor: () => session.introduce(),
  });
  const session = createSession({ ...options, kept, clientTools: tools.declared });
  const turns = createTurns({
    ask: requests.ask,
    send: connection.send,
    sessionId: heldSession,
    context: () => contextOf(options),
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
      session.claim(requests.ask, word, (fresh, resumed) => {
        if (fresh.conversationId !== descriptor?.conversationId) {
          throw new RequestError(UNVOUCHED, "client");
        }
        adopt(fresh, resumed);
      }),
    held: () => descriptor?.conversationId,
    online: () => whenOnline(true).then(isOnline, isOnline),
    drop: (error) => isOnline() && drop(error),
    close: () => part(false),
    forget: () => part(true),
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
    setAuthContext,
    logout() {
      const goesOn = setAuthContext(undefined);
      items.clear((sign) => sign !== NOBODY);
      return goesOn;
    },
    newConversation: () => leaveFor(undefined),
    continueConversation: leaveFor,
    keep: items.keep,
    close,
    forget() {
      part(true);
      items.clear(() => true);
    },
  };

  function setAuthContext(authContext: AuthContext): boolean | Promise<boolean> {
    const identified = session.identify(authContext);
    return identified instanceof Promise ? identified.then(follow) : follow(identified);
  }

  function leaveFor(conversationId?: string): void {
    turns.close();
    session.renew(conversationId);
    connection.redial();
  }

  function adopt(fresh: SessionDescriptor, resumed: boolean): void {
    descriptor = fresh;
    answers.note(fresh.activeTurn?.pending);
    void items.begin(session.owner);
    emit({ type: "session", session: fresh, resumed, verified: session.owner !== undefined });
    connection.ready();
    turns.ready(fresh, resumed);
    tools.ready(fresh);
  }

  async function takeUp(): Promise<void> {
    const mine = era;
    spared = false;
    const ask: Ask = (action, accept) =>
      mine === era ? requests.ask(action, accept) : Promise.reject(connectionLost());
    try {
      await introduced;
      await session.open(ask, adopt);
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

  /** What is held was another visitor's; or, where nothing is to be forgotten, nobody can say whose. */
  function part(forgotten: boolean): void {
    // First of all nothing of it is shown any more.
    if (forgotten) void items.end();
    else items.pause();
    close();
    session.part(forgotten);
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
