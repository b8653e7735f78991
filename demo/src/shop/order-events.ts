import type { Request, Response } from "express";

/** The open event streams of the shop's pages. */
export interface OrderEvents {
  /** Answers a request with a stream that sends `snapshot()` now and after every change. */
  follow(request: Request, response: Response, snapshot: () => unknown): void;
  /** Something changed: every stream sends its snapshot again. */
  publish(): void;
  /** Ends every stream. */
  close(): void;
}

/** Server-sent events for the order page, with a comment every 20 s that keeps proxies patient. */
export function openOrderEvents(): OrderEvents {
  const streams = new Map<Response, () => void>();
  const heartbeat = setInterval(() => {
    for (const response of streams.keys()) response.write(": still here\n\n");
  }, 20_000);

  return {
    follow(request, response, snapshot) {
      const send = (): void => {
        response.write(`event: orders\ndata: ${JSON.stringify(snapshot())}\n\n`);
      };
      response.writeHead(200, {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
      });
      response.write("retry: 1000\n\n");
      streams.set(response, send);
      request.once("close", () => streams.delete(response));
      send();
    },
    publish() {
      for (const send of streams.values()) send();
    },
    close() {
      clearInterval(heartbeat);
      for (const response of streams.keys()) response.end();
      streams.clear();
    },
  };
}
