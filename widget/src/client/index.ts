export { createClient, type Client, type ClientNotice, type ClientOptions } from "./client.js";
export type { ConnectionState } from "./connection-state.js";
export type { Endpoint } from "./endpoint.js";
export { RequestError } from "./request-error.js";
export type { Fetch, Socket, SocketConstructor } from "./runtime.js";
export type { AuthContext } from "./session.js";
export { browserSessionStore, type SessionStore, type StoredSession } from "./session-store.js";
export type { Timing } from "./timing.js";
export type { Turn, TurnOutcome } from "./turn.js";
