import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { randomUUID } from "node:crypto";
import { NodeStreamableHTTPServerTransport } from "@modelcontextprotocol/node";
import { McpServer } from "@modelcontextprotocol/server";
import { onTestFinished } from "vitest";

/** A real MCP server over streamable HTTP, with sessions, on a port of its own. */
export interface McpFixture {
  url: string;
  /** What came in, in order. */
  requests: IncomingMessage[];
  /** The sessions that are open, newest last. */
  sessions: McpServer[];
  /** Ends the process as a crash would; its sessions are forgotten. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
  /** Forgets every session, as a server does that was started anew. */
  forget(): void;
}

/** @param describe adds the tools of a session */
export async function mcpServer(describe: (server: McpServer) => void): Promise<McpFixture> {
  const requests: IncomingMessage[] = [];
  let transports = new Map<string, NodeStreamableHTTPServerTransport>();
  let sessions: McpServer[] = [];

  const transportOf = async (incoming: IncomingMessage) => {
    const id = incoming.headers["mcp-session-id"];
    if (typeof id === "string") return transports.get(id);
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (sessionId) => void transports.set(sessionId, transport),
    });
    const server = new McpServer({ name: "fixture", version: "1" });
    describe(server);
    await server.connect(transport);
    sessions.push(server);
    return transport;
  };

  let http: Server;
  let port = 0;
  const start = async () => {
    http = createServer((incoming, response) => {
      requests.push(incoming);
      const serve = async () => {
        const transport = await transportOf(incoming);
        if (transport) await transport.handleRequest(incoming, response);
        else response.writeHead(404).end();
      };
      serve().catch(() => response.destroy());
    });
    await new Promise<void>((listening) => http.listen(port, "127.0.0.1", listening));
    port = (http.address() as AddressInfo).port;
  };
  const forget = () => {
    transports = new Map();
    sessions = [];
  };
  const stop = async () => {
    forget();
    http.closeAllConnections();
    await new Promise((closed) => http.close(closed));
  };
  await start();
  onTestFinished(stop);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    requests,
    get sessions() {
      return sessions;
    },
    stop,
    start,
    forget,
  };
}
