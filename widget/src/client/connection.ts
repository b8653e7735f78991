import type { ActionInput, ErrorDescriptor, ServerEvent } from "@smooth-agent/protocol";
import { CLOSE_CODES, FINAL_ERROR_CODES } from "@smooth-agent/protocol/codes";
import type { ConnectionState } from "./connection-state.js";
import { socketUrl, type Endpoint } from "./endpoint.js";
import { askRefusal } from "./refusal.js";
import { runtime, type Fetch, type Socket, type SocketConstructor } from "./runtime.js";
import { readEvent } from "./server-event.js";
import type { Timing } from "./timing.js";

export interface ConnectionOptions {
  endpoint: Endpoint;
  WebSocket: SocketConstructor;
  fetch: Fetch;
  timing: Timing;
  onState(state: ConnectionState): void;
  /** A socket to this URL is asked for. */
  onDial(url: string): void;
  /** It is open: take the session up, then call `ready`. */
  onOpen(): void;
  onEvent(event: ServerEvent): void;
  /**
   * An open socket is gone; `code` where the other side closed it.
   *
   * @returns why there is to be no further attempt; undefined to go on
   */
  onLost(code?: number): ErrorDescriptor | undefined;
}

/** One socket at a time to one endpoint, replaced for as long as it is wanted. */
export interface Connection {
  readonly state: ConnectionState;
  /** Starts, unless it is under way or waits for its next attempt. */
  open(): void;
  /** Begins at once with another socket, also where none was wanted. */
  redial(): void;
  /** @returns false when there is no socket to put it on */
  send(action: ActionInput): boolean;
  /** The session is taken up: `online` from here on. */
  ready(): void;
  /** Gives the present socket up and tries again later. */
  drop(error?: ErrorDescriptor): void;
  /** Ends all attempts until `open` is called. */
  refuse(error: ErrorDescriptor): void;
  /** Ends the socket and all timers. */
  close(): void;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { endpoint, timing } = options;
  let state: ConnectionState = { status: "idle" };
  let socket: Socket | undefined;
  let opened = false;
  /** Waits for one thing at a time: the next attempt, the end of this one, or a sign of life. */
  let timer: ReturnType<typeof setTimeout> | undefined;
  let inquiry: AbortController | undefined;
  /** Counts attempts; whatever belongs to an older one is ignored. */
  let dialled = 0;
  let attempt = 0;
  let onlineSince = 0;
  let heardAt = 0;

  return {
    get state() {
      return state;
    },
    open() {
      if (state.status !== "idle" && state.status !== "closed" && state.status !== "refused")
        return;
      redial();
    },
    redial,
    send(action) {
      if (!opened) return false;
      socket?.send(JSON.stringify(action));
      return true;
    },
    ready() {
      onlineSince = Date.now();
      watch();
      change({ status: "online" });
    },
    drop,
    refuse,
    close: () => end({ status: "closed" }),
  };

  function redial(): void {
    runtime.addEventListener?.("online", networkIsBack);
    runtime.addEventListener?.("offline", networkIsGone);
    hangUp();
    attempt = 0;
    void dial();
  }

  async function dial(): Promise<void> {
    const mine = ++dialled;
    arm(timing.attemptMs, () => drop());
    change({ status: "connecting" });
    let given: string | undefined;
    try {
      given = typeof endpoint === "function" ? await endpoint() : endpoint;
    } catch {
      // The host could not say where the server is; it may the next time.
    }
    if (mine !== dialled) return;
    if (given === undefined) return drop();
    try {
      const url = socketUrl(given);
      options.onDial(url);
      listen(new options.WebSocket(url), url);
    } catch {
      const message = "The endpoint cannot be used as the URL of a WebSocket.";
      refuse({ code: "VALIDATION_ERROR", message });
    }
  }

  function listen(fresh: Socket, url: string): void {
    socket = fresh;
    fresh.addEventListener("open", () => {
      if (socket !== fresh) return;
      opened = true;
      options.onOpen();
    });
    fresh.addEventListener("message", ({ data }) => {
      if (socket !== fresh) return;
      heardAt = Date.now();
      const event = readEvent(data);
      if (event) options.onEvent(event);
    });
    fresh.addEventListener("close", ({ code }) => {
      if (socket !== fresh) return;
      if (opened) lost(code);
      else void inquire(url);
    });
    // Always followed by close; without a listener it would end a Node process.
    fresh.addEventListener("error", () => {});
  }

  function lost(code: number): void {
    leave();
    const end = options.onLost(code);
    if (end) return refuse(end);
    const sentAway = SENT_AWAY.includes(code);
    retry(undefined, sentAway ? Math.random() * timing.spreadMs : 0);
  }

  async function inquire(url: string): Promise<void> {
    leave();
    const mine = dialled;
    inquiry = new AbortController();
    arm(timing.attemptMs, () => inquiry?.abort());
    const error = await askRefusal(url, options.fetch, inquiry.signal);
    if (mine !== dialled) return;
    if (error && FINAL_ERROR_CODES.includes(error.code)) refuse(error);
    else retry(error);
  }

  function drop(error?: ErrorDescriptor): void {
    hangUp(true);
    retry(error);
  }

  function refuse(error: ErrorDescriptor): void {
    end({ status: "refused", error });
  }

  function end(last: ConnectionState): void {
    runtime.removeEventListener?.("online", networkIsBack);
    runtime.removeEventListener?.("offline", networkIsGone);
    hangUp();
    change(last);
  }

  function retry(error?: ErrorDescriptor, atLeastMs = error?.retryAfterMs ?? 0): void {
    if (onlineSince && Date.now() - onlineSince >= timing.stableMs) attempt = 0;
    onlineSince = 0;
    const ceiling = Math.min(timing.backoffCapMs, timing.backoffMs * 2 ** attempt);
    const wait = Math.max(Math.min(atLeastMs, timing.backoffCapMs), Math.random() * ceiling);
    attempt += 1;
    arm(wait, () => void dial());
    change({ status: "reconnecting", attempt, retryAt: Date.now() + wait, error });
  }

  /** Asks for a sign of life whenever it has been quiet for long, and gives up when none comes. */
  function watch(): void {
    const asked = heardAt;
    const quiet = Date.now() - asked;
    if (quiet < timing.quietMs) return arm(timing.quietMs - quiet, watch);
    socket?.send(JSON.stringify({ action: "ping" }));
    arm(timing.pongMs, () => (heardAt > asked ? watch() : drop()));
  }

  function networkIsBack(): void {
    if (state.status === "reconnecting") void dial();
    if (state.status === "online") {
      heardAt = Math.min(heardAt, Date.now() - timing.quietMs);
      watch();
    }
  }

  /** The socket would seem open for long, and swallow what is sent. */
  function networkIsGone(): void {
    if (state.status === "online") drop();
  }

  /** Forgets the present socket, whose later events then mean nothing. */
  function leave(): Socket | undefined {
    const former = socket;
    socket = undefined;
    opened = false;
    dialled += 1;
    clearTimeout(timer);
    inquiry?.abort();
    return former;
  }

  function hangUp(dead = false): void {
    const wasOpen = opened;
    const former = leave();
    if (dead && former?.terminate) former.terminate();
    else former?.close();
    if (wasOpen) options.onLost();
  }

  function arm(ms: number, then: () => void): void {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  }

  function change(next: ConnectionState): void {
    state = next;
    options.onState(next);
  }
}

/** After these the clients of a server come back spread over a while. */
const SENT_AWAY: readonly number[] = [CLOSE_CODES.flood, CLOSE_CODES.drain, CLOSE_CODES.slowReader];
