import { z } from "zod";
import { timestamp } from "../field.js";

/** Sent every 20 s while a turn runs or is parked. */
export const keepaliveEvent = z.object({
  type: z.literal("keepalive"),
  requestId: z.string(),
  data: z.object({ requestId: z.string() }),
  timestamp,
});
export type Keepalive = z.infer<typeof keepaliveEvent>;

export function keepalive(requestId: string, timestamp: number): Keepalive {
  return { type: "keepalive", requestId, data: { requestId }, timestamp };
}

/** The answer to `ping`. */
export const pongEvent = z.object({
  type: z.literal("pong"),
  requestId: z.string().optional(),
  timestamp,
  data: z.object({ timestamp }),
});
export type Pong = z.infer<typeof pongEvent>;

export function pong(requestId: string | undefined, timestamp: number): Pong {
  return { type: "pong", requestId, timestamp, data: { timestamp } };
}
