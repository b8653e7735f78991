import type { WebSocket } from "ws";

export interface Heartbeat {
  /** Any sign of life counts: a slow reader answers a ping only after all that was sent before it. */
  alive(): void;
  stop(): void;
}

/**
 * Sends a control ping every `intervalMs` and ends a socket that gave no sign of life since the last
 * one. Each socket has its own timer, so that pings spread as the connections came.
 */
export function heartbeat(socket: WebSocket, intervalMs: number): Heartbeat {
  let isAlive = true;
  const alive = () => void (isAlive = true);
  socket.on("pong", alive);
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    return socket.ping();
  }, intervalMs);
  timer.unref();
  return { alive, stop: () => clearInterval(timer) };
}
