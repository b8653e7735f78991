import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import express, { type Express, type Router } from "express";
import type { Logger } from "pino";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { ActionPorts } from "./actions/ports.js";
import type { AgentDirectory } from "./agent/agent.js";
import type { PolicyProvider } from "./auth/agent-policy.js";
import type { SessionTokens } from "./auth/session-token.js";
import type { Backplane } from "./backplane/backplane.js";
import { Connection } from "./connection/connection.js";
import type { Gateway } from "./gateway/gateway.js";
import { faultOf } from "./log/fault.js";
import { pageOrigin, refusalOf } from "./socket/refusal.js";
import { socketEndpoint } from "./socket/socket-endpoint.js";
import type { DecisionPage, DecisionQuery, Store } from "./store/store.js";
import type { Toolbox } from "./tools/toolbox.js";
import { TURN_LIMITS, type TurnLimits, type TurnPorts } from "./turn/ports.js";
import { processLease } from "./turn/process-lease.js";
import { turnRunner } from "./turn/turn-runner.js";
import { widgetScript } from "./widget-script.js";

/** The chosen implementations and settings of a deployment. */
export interface ServerParts {
  store: Store;
  backplane: Backplane;
  gateway: Gateway | null;
  agents: AgentDirectory;
  policies: PolicyProvider;
  tools: Toolbox;
  tokens: SessionTokens;
  access: ActionPorts["access"];
  limits: ServerLimits;
  log: Logger;
}

export interface ServerLimits extends TurnLimits {
  /** Frames of one connection in a second; more close it with 1008. */
  framesPerSecond: number;
  /** Actions of one connection that wait for their answer; more close it with 1008. */
  pendingActions: number;
  /** Bytes in the wire above which a reader counts as slow and its tokens are merged. */
  wireBytes: number;
  /** Bytes kept back for a slow reader above which it gets a snapshot in place of what it missed. */
  backlogBytes: number;
  /** Bytes kept back for a slow reader that knows no snapshots; more close it with 1013. */
  outboundBytes: number;
  /** Milliseconds that a reader may lag behind; more close it with 1013. */
  slowReaderMs: number;
  /** Milliseconds between two control pings of a socket. */
  pingMs: number;
  /** Milliseconds between two sweeps for abandoned turns and expired questions. */
  sweepMs: number;
  /** Milliseconds that a silent process keeps its turns, where several share a database. */
  leaseMs: number;
  /** Milliseconds that running turns have to end when the server drains. */
  drainMs: number;
}

export const SERVER_LIMITS: ServerLimits = {
  ...TURN_LIMITS,
  framesPerSecond: 200,
  pendingActions: 64,
  wireBytes: 64 * 1024,
  backlogBytes: 256 * 1024,
  outboundBytes: 1024 * 1024,
  slowReaderMs: 60_000,
  pingMs: 25_000,
  // Together short enough that a turn of a killed process goes on within five seconds.
  sweepMs: 1_000,
  leaseMs: 3_000,
  drainMs: 10_000,
};

/** A running backend: mount it, start it, drain it. */
export interface AgentServer {
  /** Mounts routes and the WebSocket endpoint beside whatever the host has. */
  attach(app: Express, server: Server, options?: { path?: string }): void;
  /**
   * Opens the database, takes up what an earlier process left and begins to sweep.
   * @throws {StoreOpenError} when another server has the database, or it cannot be migrated
   */
  start(): Promise<void>;
  /** Whether new turns are accepted and the database answers. */
  isReady(): Promise<boolean>;
  /**
   * Reads who decided what about which tool call, and what came of it; newest first.
   * @throws {TypeError} for a limit outside of 1..500, or a cursor that is none of this query's
   */
  decisions(query?: Partial<DecisionQuery>): Promise<DecisionPage>;
  /** Ends cleanly: no new turns, running ones finish in time, sockets close with 1012. */
  drain(): Promise<void>;
}

export function agentServer(parts: ServerParts): AgentServer {
  const { store, backplane, gateway, agents, policies, tools, access, limits, log } = parts;
  const now = () => Date.now();
  let state: "stopped" | "started" | "draining" = "stopped";
  const isDraining = () => state === "draining";
  const isAway = () => state !== "started";
  const { leaseMs } = limits;
  const lease = processLease({ store, leaseMs, onLost: () => turns.abandon(), log });
  const shared = { store, agents, log, now };
  const turnPorts: TurnPorts = {
    ...shared,
    gateway,
    tools,
    limits,
    get owner() {
      return lease.owner;
    },
  };
  const turns = turnRunner(turnPorts, backplane);
  const ports: ActionPorts = {
    ...shared,
    ...{ backplane, turns, policies, tokens: parts.tokens, access, isDraining },
    canAnswer: gateway !== null,
    get owner() {
      return lease.owner;
    },
  };
  const frames = new RateLimiterMemory({ points: limits.framesPerSecond, duration: 1 });
  const refusals = { policies, strict: access.strict, isAway };
  const endpoint = socketEndpoint({
    refuse: ({ headers }) => refusalOf(headers.origin, refusals),
    connect: (wire, { headers }) =>
      new Connection(wire, headers.origin, ports, { ...limits, frames }),
    pingMs: limits.pingMs,
  });
  const detachers: (() => void)[] = [];
  let sweeping: NodeJS.Timeout | undefined;
  let draining: Promise<void> | undefined;

  const sweep = async (): Promise<void> => {
    try {
      await turns.sweep();
    } catch (error) {
      log.error(faultOf(error), "sweep failed");
    }
    if (state === "started") sweeping = setTimeout(() => void sweep(), limits.sweepMs).unref();
  };

  const logged = (what: string) => (error: unknown) => log.error(faultOf(error), what);

  const drain = async (): Promise<void> => {
    const wasStarted = state === "started";
    state = "draining";
    clearTimeout(sweeping);
    await turns.drain(limits.drainMs);
    if (wasStarted) await lease.end().catch(logged("lease was not ended"));
    await endpoint.close(limits.drainMs);
    for (const detach of detachers) detach();
    if (wasStarted) await store.close();
  };

  return {
    attach(app, server, { path = "/ws" } = {}) {
      app.use(routes(path, (request) => refusalOf(pageOrigin(request), refusals)));
      detachers.push(claimUpgrades(server, path, endpoint.upgrade));
    },

    async start() {
      if (state !== "stopped") return;
      await store.open();
      try {
        await lease.begin();
      } catch (error) {
        await store.close();
        throw error;
      }
      state = "started";
      await sweep();
    },

    async isReady() {
      if (state !== "started") return false;
      try {
        await store.ping();
        return true;
      } catch {
        return false;
      }
    },

    async decisions({ limit = 50, ...query } = {}) {
      if (!Number.isInteger(limit) || limit < 1 || limit > 500) {
        throw new TypeError("limit must be an integer from 1 to 500.");
      }
      const page = await store.decisions({ ...query, limit });
      if (!page) throw new TypeError("cursor must be the nextCursor of an earlier page.");
      return page;
    },

    drain() {
      draining ??= drain();
      return draining;
    },
  };
}

function routes(
  path: string,
  refuse: (request: IncomingMessage) => ReturnType<typeof refusalOf>,
): Router {
  const router = express.Router();
  // What a browser may not read of a refused handshake, it may read here.
  router.get(path, (request, response) => {
    response.set({ "Access-Control-Allow-Origin": "*", "Cache-Control": "no-store" });
    const refusal = refuse(request);
    if (refusal) {
      response.status(refusal.status).json({ error: refusal.error });
      return;
    }
    const message = "This address speaks WebSocket.";
    response.set("Upgrade", "websocket").status(426);
    response.json({ error: { code: "UNSUPPORTED_ACTION", message } });
  });
  router.get("/smooth-agent.js", widgetScript());
  return router;
}

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Takes the upgrades of one path before any listener sees them: `ws` answers whatever path is not its
 * own with a 400, into a socket that is already ours. Upgrades of other paths stay the host's.
 *
 * @returns how to let go
 */
function claimUpgrades(server: Server, path: string, upgrade: UpgradeListener): () => void {
  let isOver = false;
  const emit = server.emit.bind(server) as (event: string, ...rest: unknown[]) => boolean;
  const claiming = (event: string, ...rest: unknown[]): boolean => {
    if (event !== "upgrade" || isOver) return emit(event, ...rest);
    const [request, socket, head] = rest as Parameters<UpgradeListener>;
    const [pathname] = (request.url ?? "/").split("?");
    if (pathname !== path && pathname !== `${path}/`) return emit(event, ...rest);
    upgrade(request, socket, head);
    return true;
  };
  // Node tells of an upgrade only when somebody listens; without anybody else, nobody would answer it.
  const refuse: UpgradeListener = (_request, socket) => {
    if (server.listenerCount("upgrade") > 1) return;
    // Node hands the socket over without a listener for its errors; one that is cut would end the process.
    socket.on("error", () => socket.destroy());
    socket.once("finish", () => socket.destroy());
    socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  };
  server.emit = claiming as Server["emit"];
  server.on("upgrade", refuse);
  return () => {
    isOver = true;
    server.off("upgrade", refuse);
  };
}
