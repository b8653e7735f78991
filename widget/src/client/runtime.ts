/** The part of a WebSocket that is used: the browser's own and that of `ws` both have it. */
export interface Socket {
  send(data: string): void;
  close(): void;
  /** Only in Node: ends a dead socket without a farewell. */
  terminate?(): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { code: number }) => void): void;
}

export type SocketConstructor = new (url: string) => Socket;

/** The part of `fetch` that is used. */
export type Fetch = (
  url: string,
  init: { credentials: "omit"; cache: "no-store"; signal: AbortSignal },
) => Promise<{ ok: boolean; json(): Promise<unknown> }>;

/** The part of localStorage and sessionStorage that is used. */
export interface WebStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

type NetworkEvent = "online" | "offline";

/** What the surroundings may offer; a page has all of it, Node 20 only some. */
export interface Runtime {
  WebSocket?: SocketConstructor;
  fetch?: Fetch;
  localStorage?: WebStorage;
  sessionStorage?: WebStorage;
  location?: { href: string };
  addEventListener?(type: NetworkEvent | "pagehide", listener: () => void): void;
  removeEventListener?(type: NetworkEvent | "pagehide", listener: () => void): void;
}

// Typed here and not by lib.dom, so that the client also compiles where there is no DOM.
export const runtime = globalThis as Runtime;

/** An identifier that nobody guesses; works on plain http pages too, where randomUUID is missing. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
