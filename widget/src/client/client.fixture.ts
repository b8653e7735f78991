import { WebSocket } from "ws";
import { createClient, type Client, type ClientNotice, type ClientOptions } from "./client.js";
import type { ModelServer } from "./model-server.fixture.js";
import type { SessionStore } from "./session-store.js";

/** Waits small enough for a test, so that nothing else has to wait. */
export const quickly = { backoffMs: 2, backoffCapMs: 10, spreadMs: 5, answerMs: 5_000 };

export function clientOf(server: ModelServer, options: Partial<ClientOptions> = {}): Client {
  return createClient({
    endpoint: server.url,
    agentId: "a1",
    WebSocket,
    storage: memoryStore(),
    ...options,
    timing: { ...quickly, ...options.timing },
  });
}

/** A store whose content can be looked at. */
export function memoryStore(): SessionStore & { content: Map<string, string> } {
  const content = new Map<string, string>();
  return {
    content,
    get: (key) => content.get(key),
    set: (key, value) => void content.set(key, value),
    remove: (key) => void content.delete(key),
    keys: () => [...content.keys()],
  };
}

/** Collects what a client tells, and waits for something in it. */
export function heardFrom(client: Client) {
  const notices: ClientNotice[] = [];
  const waiting = new Set<() => void>();
  client.subscribe((notice) => {
    notices.push(notice);
    for (const wake of [...waiting]) wake();
    waiting.clear();
  });
  return {
    notices,
    statuses: () => notices.flatMap((n) => (n.type === "connection" ? [n.state.status] : [])),
    async until(wanted: (notice: ClientNotice) => boolean): Promise<ClientNotice> {
      for (let index = 0; ; index++) {
        while (index >= notices.length) await new Promise<void>((resolve) => waiting.add(resolve));
        const notice = notices[index]!;
        if (wanted(notice)) return notice;
      }
    },
  };
}

export const isStatus = (status: string) => (notice: ClientNotice) =>
  notice.type === "connection" && notice.state.status === status;
