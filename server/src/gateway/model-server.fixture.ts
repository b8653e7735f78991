import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { json } from "node:stream/consumers";
import { setImmediate as nextTick } from "node:timers/promises";
import { recordOf } from "./loose-json.js";

/** A real HTTP server that answers chat completions as a test tells it to. */
export interface ModelServer {
  /** For `baseURL`. */
  readonly url: string;
  /** Every request so far, in order. */
  readonly requests: readonly ModelRequest[];
  /** How the next requests are answered, one each; the last one serves all that follow. */
  script(...answers: ModelAnswer[]): void;
  /** The request with this number, from 0, as soon as it is in. */
  request(number: number): Promise<ModelRequest>;
  close(): Promise<void>;
}

export interface ModelRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
  /** When it came, on the clock of `performance.now()`. */
  at: number;
  /** The client's port: equal for two requests on one connection. */
  port: number | undefined;
  /** Settles when the response is over: `true` when it was sent to its end, `false` when cut. */
  closed: Promise<boolean>;
}

export type ModelAnswer = (response: ServerResponse, request: ModelRequest) => unknown;

export async function modelServer(): Promise<ModelServer> {
  const requests: ModelRequest[] = [];
  const arrivals: Array<() => void> = [];
  let answers: ModelAnswer[] = [];
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const closed = new Promise<boolean>((settle) => {
      response.on("close", () => settle(response.writableFinished));
    });
    response.socket?.setNoDelay(true);
    const body = recordOf(await json(incoming));
    const request: ModelRequest = {
      path: incoming.url ?? "",
      headers: incoming.headers,
      body,
      at: performance.now(),
      port: incoming.socket.remotePort,
      closed,
    };
    requests.push(request);
    for (const arrive of arrivals.splice(0)) arrive();
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer) await answer(response, request);
    else response.writeHead(500).end();
  };
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    requests,
    script(...next) {
      answers = next;
    },
    async request(number) {
      for (;;) {
        const request = requests[number];
        if (request) return request;
        await new Promise<void>((arrive) => arrivals.push(arrive));
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Answers with an event stream of these bytes or strings, one write each, and ends it. */
export function streamed(
  ...pieces: ReadonlyArray<string | Uint8Array>
): (response: ServerResponse) => Promise<void> {
  return async (response) => {
    await opened(...pieces)(response);
    response.end();
  };
}

/** As `streamed`, but leaves the stream open. */
export function opened(
  ...pieces: ReadonlyArray<string | Uint8Array>
): (response: ServerResponse) => Promise<void> {
  return async (response) => {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    response.flushHeaders();
    for (const piece of pieces) {
      response.write(piece);
      await nextTick();
    }
  };
}

/** Answers with a status and a JSON error. */
export function refused(
  status: number,
  headers: Record<string, string> = {},
  error: unknown = { message: "no" },
): ModelAnswer {
  return (response) =>
    response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify({ error }));
}

export function event(data: unknown): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

/** One event of a streamed completion. */
export function delta(fields: Record<string, unknown>, finishReason: string | null = null): string {
  return event({
    id: "c",
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta: fields, finish_reason: finishReason }],
  });
}

export function usageEvent(promptTokens: number, completionTokens: number): string {
  const usage = { prompt_tokens: promptTokens, completion_tokens: completionTokens };
  return event({ id: "c", object: "chat.completion.chunk", choices: [], usage });
}

export const DONE = event("[DONE]");

/** The events of an answer that says "Hello", without its end. */
export const hello = [delta({ role: "assistant", content: "" }), delta({ content: "Hello" })];

/** That answer with its end. */
export const helloAnswer = streamed(...hello, delta({}, "stop"), DONE);
