import { EventEmitter } from "node:events";
import type { IncomingMessage, OutgoingHttpHeaders, Server } from "node:http";
import type { Duplex } from "node:stream";
import { CLOSE_CODES, LIMITS } from "@smooth-agent/protocol";
import express, { type Request } from "express";
import expressWs from "express-ws";
import type { WebSocket } from "ws";
import type { VerifiedPrincipal } from "../auth/principal.js";
import type { Connection } from "../connection/connection.js";
import type { Wire } from "../connection/outbox.js";
import { deadline } from "./deadline.js";
import { heartbeat, type Heartbeat } from "./heartbeat.js";
import type { Handshake } from "./handshake.js";

export interface SocketEndpointOptions {
  /** Whether a handshake is refused before it is completed, and who it is by. */
  judge(request: IncomingMessage): Promise<Handshake>;
  /** Makes the connection of a completed handshake. */
  connect(wire: Wire, request: Request, principal: VerifiedPrincipal | null): Connection;
  /** The proxies that `request.ip` believes, as Express's "trust proxy". */
  trustProxy?: boolean | number | string | string[];
  /** Milliseconds between two control pings. */
  pingMs: number;
}

/** Our WebSocket endpoint; the one place that knows express-ws. */
export interface SocketEndpoint {
  /** Takes an `upgrade` of our path over from the HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Those whose socket is open at this moment. */
  connections(): Connection[];
  /** Closes every socket and resolves when they are gone, cut off after `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

/**
 * express-ws attached plainly answers every upgrade of the HTTP server it is given, the host's own
 * WebSockets included. It gets an emitter instead, which hears only the upgrades that are ours.
 */
export function socketEndpoint(options: SocketEndpointOptions): SocketEndpoint {
  const upgrades = new EventEmitter();
  const connections = new Map<WebSocket, Connection>();
  const principals = new WeakMap<IncomingMessage, VerifiedPrincipal>();
  const verify = async (request: IncomingMessage, done: Verdict): Promise<void> => {
    const handshake = await options.judge(request).catch(() => null);
    if (!handshake) return done(false, 500);
    if (handshake.isWelcome) {
      if (handshake.principal) principals.set(request, handshake.principal);
      return done(true);
    }
    const { status, error } = handshake.refusal;
    const headers = { "Content-Type": "application/json" };
    return done(false, status, JSON.stringify({ error }), headers);
  };
  const instance = expressWs(express(), upgrades as unknown as Server, {
    leaveRouterUntouched: true,
    wsOptions: {
      maxPayload: LIMITS.frameBytes,
      perMessageDeflate: false,
      clientTracking: false,
      verifyClient: ({ req }, done) => void verify(req, done),
    },
  });
  instance.app.set("trust proxy", options.trustProxy ?? false);
  instance.app.ws("/", (socket, request) => {
    const beat = heartbeat(socket, options.pingMs);
    const principal = principals.get(request) ?? null;
    const connection = options.connect(wireOf(socket, beat), request, principal);
    connections.set(socket, connection);
    // What a token opened is not used after it has expired.
    const forgetExpiry =
      principal && deadline(principal.expiresAt, Date.now, () => connection.expire());
    // ws 7 hands text over as a string, ws 8 as a Buffer with a flag beside it.
    socket.on("message", (data: unknown, isBinary?: boolean) => {
      void connection.receive(isBinary === false ? String(data) : data);
    });
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      beat.stop();
      forgetExpiry?.();
      connections.delete(socket);
      connection.end();
    });
  });
  return {
    upgrade(request, socket, head) {
      // The query may carry a token: express-ws and its inner app are not shown it.
      request.url = "/";
      upgrades.emit("upgrade", request, socket, head);
    },

    connections: () => [...connections.values()],

    async close(timeoutMs) {
      const gone = [...connections].map(([socket, connection]) => {
        const closed = new Promise((resolve) => socket.once("close", resolve));
        connection.close(CLOSE_CODES.drain, "The server is restarting.");
        return closed;
      });
      const sockets = [...connections.keys()];
      const cut = setTimeout(() => sockets.forEach((socket) => socket.terminate()), timeoutMs);
      await Promise.all(gone);
      clearTimeout(cut);
    },
  };
}

type Verdict = (
  isWelcome: boolean,
  status?: number,
  body?: string,
  headers?: OutgoingHttpHeaders,
) => void;

/** How long a closing handshake may take before the socket is cut, in milliseconds. */
const CLOSE_MS = 2_000;

function wireOf(socket: WebSocket, beat: Heartbeat): Wire {
  return {
    send(frame, taken) {
      let hasWaited = false;
      socket.send(frame, (error) => {
        if (error) return;
        // The kernel takes a frame for a dead peer too; only one that had to wait shows that somebody reads.
        if (hasWaited) beat.alive();
        taken();
      });
      hasWaited = socket.bufferedAmount > 0;
    },
    close(code, reason) {
      socket.close(code, reason);
      const cut = setTimeout(() => socket.terminate(), CLOSE_MS);
      socket.once("close", () => clearTimeout(cut));
    },
    bufferedBytes: () => socket.bufferedAmount,
  };
}
