import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { takeTokens } from "./handshake-token.js";

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Takes the upgrades of one path before any listener sees them: `ws` answers whatever path is not its
 * own with a 400, into a socket that is already ours. Upgrades of other paths stay the host's. Requests
 * of our path lose the tokens of their URL here, before the host's middleware sees them.
 *
 * @returns how to let go
 */
export function claimUpgrades(server: Server, path: string, upgrade: UpgradeListener): () => void {
  let isOver = false;
  const emit = server.emit.bind(server) as (event: string, ...rest: unknown[]) => boolean;
  const claiming = (event: string, ...rest: unknown[]): boolean => {
    if (event !== "upgrade" && event !== "request") return emit(event, ...rest);
    const [request, socket, head] = rest as Parameters<UpgradeListener>;
    const [pathname] = (request.url ?? "/").split("?");
    if (pathname !== path && pathname !== `${path}/`) return emit(event, ...rest);
    takeTokens(request);
    if (isOver || event === "request") return emit(event, ...rest);
    upgrade(request, socket, head);
    return true;
  };
  // Node tells of an upgrade only when somebody listens; without anybody else, nobody would answer it.
  const refuse: UpgradeListener = (_request, socket) => {
    if (server.listenerCount("upgrade") > 1) return;
    // Node hands the socket over without a listener for its errors; one that is cut would end the process.
    socket.on("error", () => socket.destroy());
    socket.once("finish", () => socket.destroy());
    socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  };
  server.emit = claiming as Server["emit"];
  server.on("upgrade", refuse);
  return () => {
    isOver = true;
    server.off("upgrade", refuse);
  };
}
