import { runtime } from "./runtime.js";

/** Where the server is; a function is asked anew on every attempt, so that tokens in it are fresh. */
export type Endpoint = string | (() => string | Promise<string>);

/**
 * Turns an endpoint into the URL of its socket.
 *
 * @param endpoint ws, wss, http or https; in a page also relative to it; no path means `/ws`
 * @throws TypeError when it is no such URL
 */
export function socketUrl(endpoint: string): string {
  const url = new URL(endpoint, runtime.location?.href);
  url.protocol = url.protocol.replace("http", "ws");
  if (!url.protocol.startsWith("ws")) throw new TypeError("endpoint must be a ws or http URL");
  if (url.pathname === "/") url.pathname = "/ws";
  url.hash = "";
  return url.href;
}

/** The same URL as a plain request asks it. */
export function httpUrl(socketUrl: string): string {
  return socketUrl.replace("ws", "http");
}
