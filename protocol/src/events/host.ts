import { z } from "zod";
import { timestamp } from "../field.js";
import { handOffChange, type HandOffChange } from "../hand-off.js";
import { message, type Message } from "../message.js";

/** None of these is of a turn. */
const requestId = z.string().optional().meta({ description: "Absent: no request caused it." });

/** Extension: a message that belongs to no turn was added, as of a person of the host's. */
export const messageAddedEvent = z.object({
  type: z.literal("message_added"),
  requestId,
  data: z.object({ message }),
  timestamp,
});
export type MessageAdded = z.infer<typeof messageAddedEvent>;

export function messageAdded(message: Message, timestamp: number): MessageAdded {
  return { type: "message_added", data: { message }, timestamp };
}

/** Extension: a person is asked for, is looked for, has taken over, or has given back. */
export const handOffEvent = z.object({
  type: z.literal("hand_off"),
  requestId,
  data: handOffChange,
  timestamp,
});
export type HandOffEvent = z.infer<typeof handOffEvent>;

export function handOffChanged(data: HandOffChange, timestamp: number): HandOffEvent {
  return { type: "hand_off", data, timestamp };
}

/** Extension: the host's own word to its page; nothing of it is stored. */
export const hostEvent = z.object({
  type: z.literal("host_event"),
  requestId,
  data: z.object({ name: z.string(), data: z.unknown() }),
  timestamp,
});
export type HostEvent = z.infer<typeof hostEvent>;

export function hostPushed(name: string, data: unknown, timestamp: number): HostEvent {
  return { type: "host_event", data: { name, data }, timestamp };
}
