import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

/** A real HTTP server of the host, which answers as the running test tells it to. */
export interface HttpServer {
  url: string;
  /** How every request is answered from here on. */
  answer: Answer;
  /** The requests so far: their paths with the query, as they came. */
  readonly paths: string[];
  readonly requests: IncomingMessage[];
  /** Resolves once there were as many requests. */
  reached(count: number): Promise<void>;
  stop(): Promise<void>;
}

export async function httpServer(answer: Answer): Promise<HttpServer> {
  const paths: string[] = [];
  const requests: IncomingMessage[] = [];
  let wake: () => void = () => undefined;
  const server = createServer((request, response) => {
    paths.push(request.url ?? "");
    requests.push(request);
    wake();
    void host.answer(response, request);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const host: HttpServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer,
    paths,
    requests,
    async reached(count) {
      while (paths.length < count) await new Promise<void>((resolve) => (wake = resolve));
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  onTestFinished(() => host.stop());
  return host;
}

/** Answers JSON, or text as it is. */
export function answers(value: unknown, status = 200): Answer {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof value === "string" ? value : JSON.stringify(value));
  };
}
