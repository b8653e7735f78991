import { EventEmitter } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { CLOSE_CODES, LIMITS } from "@smooth-agent/protocol";
import express, { type Request } from "express";
import expressWs from "express-ws";
import type { WebSocket } from "ws";
import type { Connection } from "../connection/connection.js";
import type { Wire } from "../connection/outbox.js";
import { heartbeat, type Heartbeat } from "./heartbeat.js";
import type { Refusal } from "./refusal.js";

export interface SocketEndpointOptions {
  /** Whether a handshake is refused before it is completed; null when it is welcome. */
  refuse(request: IncomingMessage): Refusal | null;
  /** Makes the connection of a completed handshake. */
  connect(wire: Wire, request: Request): Connection;
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
  const instance = expressWs(express(), upgrades as unknown as Server, {
    leaveRouterUntouched: true,
    wsOptions: {
      maxPayload: LIMITS.frameBytes,
      perMessageDeflate: false,
      clientTracking: false,
      verifyClient: ({ req }, done) => {
        const refusal = options.refuse(req);
        if (!refusal) return done(true);
        const headers = { "Content-Type": "application/json" };
        return done(false, refusal.status, JSON.stringify({ error: refusal.error }), headers);
      },
    },
  });
  instance.app.set("trust proxy", options.trustProxy ?? false);
  instance.app.ws("/", (socket, request) => {
    const beat = heartbeat(socket, options.pingMs);
    const connection = options.connect(wireOf(socket, beat), request);
    connections.set(socket, connection);
    // ws 7 hands text over as a string, ws 8 as a Buffer with a flag beside it.
    socket.on("message", (data: unknown, isBinary?: boolean) => {
      void connection.receive(isBinary === false ? String(data) : data);
    });
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      beat.stop();
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
