import { z } from "zod";
import { activeTurn, type ActiveTurn } from "../active-turn.js";
import { confirmation } from "../confirmation.js";
import { timestamp } from "../field.js";
import { message, type Message } from "../message.js";

/** Extension: another connection of this conversation sent a message and its turn began. */
export const turnStartedEvent = z.object({
  type: z.literal("turn_started"),
  requestId: z.string(),
  data: z.object({ requestId: z.string(), message }),
  timestamp,
});
export type TurnStarted = z.infer<typeof turnStartedEvent>;

export function turnStarted(requestId: string, message: Message, timestamp: number): TurnStarted {
  return { type: "turn_started", requestId, data: { requestId, message }, timestamp };
}

const resolution = z.object({
  requestId: z.string(),
  toolCallId: z.string(),
  approved: z.boolean(),
  by: z.string().meta({
    description: "visitor; team for a person of the host's; system when the question expired.",
  }),
  confirmation: confirmation
    .optional()
    .meta({ description: "What was approved, when it was changed before." }),
});
export type Resolution = z.infer<typeof resolution>;

/** Extension: the pending question was answered elsewhere, or expired. */
export const confirmationResolvedEvent = z.object({
  type: z.literal("confirmation_resolved"),
  requestId: z.string(),
  data: resolution,
  timestamp,
});
export type ConfirmationResolved = z.infer<typeof confirmationResolvedEvent>;

export function confirmationResolved(data: Resolution, timestamp: number): ConfirmationResolved {
  return { type: "confirmation_resolved", requestId: data.requestId, data, timestamp };
}

/** Extension: replace what is shown of this turn by this. */
export const turnSnapshotEvent = z.object({
  type: z.literal("turn_snapshot"),
  requestId: z.string(),
  data: activeTurn,
  timestamp,
});
export type TurnSnapshot = z.infer<typeof turnSnapshotEvent>;

export function turnSnapshot(data: ActiveTurn, timestamp: number): TurnSnapshot {
  return { type: "turn_snapshot", requestId: data.requestId, data, timestamp };
}

/** Extension: a session of this connection ended for good, or is not allowed here any more. */
export const sessionEndedEvent = z.object({
  type: z.literal("session_ended"),
  requestId: z.string().optional().meta({ description: "Absent: no request caused it." }),
  data: z.object({
    sessionId: z.string(),
    reason: z.string().meta({
      description:
        "ended, revoked, deleted; policy when the page may not use the agent any more; expired when " +
        "the token of the connection has; others may follow.",
    }),
  }),
  timestamp,
});
export type SessionEnded = z.infer<typeof sessionEndedEvent>;

export function sessionEnded(data: SessionEnded["data"], timestamp: number): SessionEnded {
  return { type: "session_ended", data, timestamp };
}
