import type { WebSocket } from "ws";

/**
 * Sends a control ping every `intervalMs` and ends a socket whose peer did not answer the last one.
 * Each socket has its own timer, so that pings spread as the connections came.
 *
 * @returns how to stop
 */
export function heartbeat(socket: WebSocket, intervalMs: number): () => void {
  let isAlive = true;
  socket.on("pong", () => (isAlive = true));
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    return socket.ping();
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
