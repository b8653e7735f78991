import type { IncomingMessage, Server } from "node:http";
import express, { type Express, type Router } from "express";
import type { Logger } from "pino";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { ActionPorts } from "./actions/ports.js";
import type { AgentDirectory } from "./agent/agent.js";
import type { Personas } from "./agent/persona.js";
import type { ApiPorts, ConfiguredAgents } from "./api/ports.js";
import { routeTable } from "./api/route-table.js";
import { apiRouter } from "./api/router.js";
import type { PolicyProvider } from "./auth/agent-policy.js";
import { otpDesk } from "./auth/otp/otp-desk.js";
import type { OtpService } from "./auth/otp/otp-service.js";
import { memoryRates } from "./auth/rates.js";
import type { PrincipalVerifier } from "./auth/principal.js";
import type { SessionTokens } from "./auth/session-token.js";
import type { Backplane } from "./backplane/backplane.js";
import { Connection } from "./connection/connection.js";
import { watchConnections } from "./connection/connection-watch.js";
import type { Gateways } from "./gateway/gateways.js";
import { faultOf } from "./log/fault.js";
import { notices as noticesTo, type NoticesOptions } from "./notice/notices.js";
import type { ServerLimits } from "./server-limits.js";
import { claimUpgrades } from "./socket/claimed-upgrades.js";
import { forwardedWarning } from "./socket/forwarded-warning.js";
import { judgeHandshake, type Handshake } from "./socket/handshake.js";
import { takeTokens } from "./socket/handshake-token.js";
import { pageOrigin } from "./socket/refusal.js";
import { socketEndpoint, type SocketEndpointOptions } from "./socket/socket-endpoint.js";
import type { DecisionPage, DecisionQuery, SessionSelection, Store } from "./store/store.js";
import { visitorDocument } from "./store/visitor-document.js";
import type { ToolPolicy } from "./tools/tool-policy.js";
import type { ToolSource } from "./tools/tool-source.js";
import type { Toolbox } from "./tools/toolbox.js";
import { budgetGuard, type BudgetGuardOptions } from "./turn/budget.js";
import {
  eraseConversation,
  eraseIdle,
  eraseVisitor,
  type Erasure,
} from "./turn/conversation-erasure.js";
import type { TurnPorts } from "./turn/ports.js";
import { processLease } from "./turn/process-lease.js";
import { questionRates } from "./turn/question-limits.js";
import { recurringWork } from "./turn/recurring-work.js";
import { cancelUnattended, endSessions } from "./turn/session-ending.js";
import { turnRunner } from "./turn/turn-runner.js";
import { widgetScript } from "./widget-script.js";

/** The chosen implementations and settings of a deployment. */
export interface ServerParts {
  store: Store;
  backplane: Backplane;
  gateways: Gateways;
  agents: AgentDirectory;
  personas: Personas;
  policies: PolicyProvider;
  /** Who comes with a token, to the host API and to the socket; without it nobody does and there is no API. */
  principals: PrincipalVerifier | null;
  /** What the config module says of agents, for the host API. */
  configuredAgents?: ConfiguredAgents;
  tools: Toolbox;
  toolSources: readonly ToolSource[];
  /** The host's own rule over all tools. */
  toolPolicy?: ToolPolicy;
  /** Who is told of questions. */
  listeners?: Pick<NoticesOptions, "onQuestion" | "onFeedback" | "webhooks">;
  confirmTools?: TurnPorts["confirmTools"];
  /** The host's way to send one-time codes; without it nobody is asked for one. */
  otp?: OtpService;
  tokens: SessionTokens;
  access: ActionPorts["access"];
  /** Days after which a conversation is deleted in which nothing happened; none is when absent. */
  retentionDays?: number;
  limits: ServerLimits;
  /** What models may cost; without any, only organizations with a budget in the database have one. */
  budgets?: Pick<BudgetGuardOptions, "budgets" | "organizationUsd">;
  trustProxy?: SocketEndpointOptions["trustProxy"];
  log: Logger;
}

/** A running backend: mount it, start it, drain it. */
export interface AgentServer {
  /**
   * Mounts routes and the WebSocket endpoint beside whatever the host has: the endpoint at `path`
   * (`/ws`), the host API at `apiPath` (`/api`) when principals are configured.
   */
  attach(app: Express, server: Server, options?: { path?: string; apiPath?: string }): void;
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
  /**
   * Ends sessions for good, at once and everywhere: one, those of a conversation, of a verified visitor or
   * of a whole organization.
   * @returns how many were ended
   */
  endSessions(which: SessionSelection): Promise<number>;
  /** Deletes a conversation with everything under it; false when the organization has none of this id. */
  deleteConversation(organizationId: string, conversationId: string): Promise<boolean>;
  /** Deletes everything about a verified visitor. Safe to repeat, and to be repeated after a crash. */
  deleteVisitor(organizationId: string, userId: string): Promise<Erasure>;
  /** Everything about a verified visitor: one JSON document, piece by piece. */
  exportVisitor(organizationId: string, userId: string): AsyncGenerator<string, void>;
  /** Ends cleanly: no new turns, running ones finish in time, sockets close with 1012. */
  drain(): Promise<void>;
}

export function agentServer(parts: ServerParts): AgentServer {
  const { store, backplane, gateways, agents, policies, tools, access, limits, log } = parts;
  const now = () => Date.now();
  let state: "stopped" | "started" | "draining" = "stopped";
  const isDraining = () => state === "draining";
  const isAway = () => state !== "started";
  const { leaseMs } = limits;
  const lease = processLease({ store, leaseMs, onLost: () => turns.abandon(), log });
  const budgets = budgetGuard({ ...parts.budgets, store, now });
  const notices = noticesTo({ ...parts.listeners, log });
  const { personas, toolSources, toolPolicy, confirmTools = [] } = parts;
  const known = { agents, personas, tools, toolSources, toolPolicy, confirmTools };
  const rates = { questionRates: questionRates(limits.gatedCallsPerHour) };
  const otp = parts.otp && otpDesk(parts.otp, { limits, log, now });
  const shared = {
    ...known,
    ...rates,
    store,
    gateways,
    budgets,
    notices,
    limits,
    log,
    now,
    ...(otp && { otp }),
  };
  const turnPorts: TurnPorts = {
    ...shared,
    get owner() {
      return lease.owner;
    },
  };
  const turns = turnRunner(turnPorts, backplane);
  const ports: ActionPorts = {
    ...shared,
    ...{ backplane, turns, policies, tokens: parts.tokens, access, isDraining },
    rates: memoryRates(limits),
    get owner() {
      return lease.owner;
    },
  };
  const frames = new RateLimiterMemory({ points: limits.framesPerSecond, duration: 1 });
  const { principals } = parts;
  const handshakes = { policies, principals, strict: access.strict, isAway };
  const warnOfProxy = forwardedWarning(parts.trustProxy, log);
  const endpoint = socketEndpoint({
    judge: (request) => judgeHandshake(request, request.headers.origin, handshakes),
    connect: (wire, { headers, ip }, principal) => {
      warnOfProxy(headers);
      return new Connection(wire, headers.origin, ports, { ...limits, frames }, ip, principal);
    },
    trustProxy: parts.trustProxy,
    pingMs: limits.pingMs,
  });
  const sweep = recurringWork("the sweep", limits.sweepMs, () => turns.sweep(), log);
  const untold = new Set<string>();
  const watch = recurringWork(
    "the watch over open sessions",
    limits.watchMs,
    async () => {
      await watchConnections(endpoint.connections(), ports, untold);
      await cancelUnattended(ports);
    },
    log,
  );
  const retention = recurringWork(
    "the retention sweep",
    limits.retentionMs,
    () => sweepIdle(),
    log,
  );
  const sweepIdle = async (): Promise<number> => {
    if (parts.retentionDays === undefined) return 0;
    const before = new Date(now() - parts.retentionDays * DAY_MS);
    return eraseIdle(before, ports, undefined, () => state === "started");
  };
  const detachers: (() => void)[] = [];
  let draining: Promise<void> | undefined;

  const logged = (what: string) => (error: unknown) => log.error(faultOf(error), what);

  const drain = async (): Promise<void> => {
    const wasStarted = state === "started";
    state = "draining";
    const idle = Promise.all([sweep, watch, retention].map((work) => work.end()));
    await turns.drain(limits.drainMs);
    await Promise.all(parts.toolSources.map((source) => source.close()));
    if (wasStarted) await lease.end().catch(logged("lease was not ended"));
    await Promise.all([endpoint.close(limits.drainMs), notices.drain(limits.drainMs)]);
    await idle;
    for (const detach of detachers) detach();
    if (wasStarted) await store.close();
  };

  return {
    attach(app, server, { path = "/ws", apiPath = "/api" } = {}) {
      app.use(routes(path, (request) => judgeHandshake(request, pageOrigin(request), handshakes)));
      const { configuredAgents = new Map() } = parts;
      if (principals) {
        const apiPorts: ApiPorts = {
          ...ports,
          ...{ principals, configuredAgents, isAway, limits, retentionDays: parts.retentionDays },
          get owner() {
            return lease.owner;
          },
        };
        app.use(apiPath, apiRouter(routeTable(apiPath), apiPorts));
      }
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
      await sweep.begin();
      void watch.begin();
      if (parts.retentionDays !== undefined) void retention.begin();
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

    endSessions: async (which) => (await endSessions(which, "revoked", ports)).length,
    deleteConversation: (organizationId, id) => eraseConversation(organizationId, id, ports),
    deleteVisitor: (organizationId, userId) => eraseVisitor(organizationId, userId, ports),
    exportVisitor: (organizationId, userId) => visitorDocument(store, organizationId, userId),

    drain() {
      draining ??= drain();
      return draining;
    },
  };
}

const DAY_MS = 24 * 3_600_000;

/** What a plain GET is told where a socket would open. */
const NO_PAGE = {
  status: 426,
  error: { code: "UNSUPPORTED_ACTION", message: "This address speaks WebSocket." },
};

function routes(path: string, judge: (request: IncomingMessage) => Promise<Handshake>): Router {
  const router = express.Router();
  // What a browser may not read of a refused handshake, it may read here.
  router.get(path, (request, response) => {
    takeTokens(request);
    response.set({ "Access-Control-Allow-Origin": "*", "Cache-Control": "no-store" });
    const answer = (handshake: Handshake) => {
      const { status, error } = handshake.isWelcome ? NO_PAGE : handshake.refusal;
      if (handshake.isWelcome) response.set("Upgrade", "websocket");
      response.status(status).json({ error });
    };
    return judge(request).then(answer);
  });
  router.use(widgetScript());
  return router;
}
