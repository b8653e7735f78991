import { z } from "zod";
import { citation } from "../citation.js";
import { ERROR_CODES } from "../error-code.js";
import { timestamp } from "../field.js";

export const usage = z.object({
  costUsd: z.number(),
  promptTokens: z.int(),
  completionTokens: z.int(),
});
export type Usage = z.infer<typeof usage>;

export const reply = z.object({
  messageId: z
    .string()
    .optional()
    .meta({ description: "The stored message; absent when the turn said nothing." }),
  truncated: z
    .literal(true)
    .optional()
    .meta({ description: "The model stopped at its length limit." }),
  handOff: z
    .literal("active")
    .optional()
    .meta({ description: "Extension: a person has taken over, so that the agent said nothing." }),
  needsEscalation: z
    .boolean()
    .meta({ description: "Whether the agent says that a person should look after this." }),
  response: z.object({
    responseParts: z.array(z.string()).meta({ description: "All text the turn streamed, once." }),
    customerHappinessScore: z.number(),
    needsSatisfactionScore: z.number(),
    requestSummary: z
      .string()
      .meta({ description: "What the visitor wanted, in the agent's words; may be empty." }),
    resolutionStatus: z
      .string()
      .meta({ description: "`in_progress`, `resolved`, `unresolved` or `escalated`." }),
    suggestedNextActions: z
      .array(z.string())
      .meta({ description: "What the visitor could say next: at most four lines of plain text." }),
  }),
  citations: z.array(citation).max(8).optional(),
  usage: usage.optional(),
});
export type Reply = z.infer<typeof reply>;

/** The answer is whole and stored. Authoritative: a client replaces what it showed by it. */
export const eventualResponseEvent = z.object({
  type: z.literal("eventual_response"),
  requestId: z.string(),
  status: z.literal(200),
  data: z.object({ requestId: z.string(), status: z.literal(200), data: reply }),
  timestamp,
});
export type EventualResponse = z.infer<typeof eventualResponseEvent>;

export function eventualResponse(
  requestId: string,
  data: Reply,
  timestamp: number,
): EventualResponse {
  const status = 200;
  const envelope = { requestId, status, data } as const;
  return { type: "eventual_response", requestId, status, data: envelope, timestamp };
}

/** The turn was stopped; nothing of it follows. */
export const cancelledEvent = z.object({
  type: z.literal("cancelled"),
  requestId: z.string(),
  status: z.literal(499),
  data: z.object({ status: z.literal(499), requestId: z.string() }),
  timestamp,
});
export type Cancelled = z.infer<typeof cancelledEvent>;

export function cancelled(requestId: string, timestamp: number): Cancelled {
  const status = 499;
  return { type: "cancelled", requestId, status, data: { status, requestId }, timestamp };
}

export const errorDescriptor = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  retryable: z.boolean().optional(),
  retryAfterMs: z.int().optional(),
});
export type ErrorDescriptor = z.infer<typeof errorDescriptor>;

/** Something was refused or failed. Ends a turn when it carries the turn's `requestId` and a terminal code. */
export const errorEvent = z.object({
  type: z.literal("error"),
  requestId: z.string().optional(),
  error: errorDescriptor,
  data: z.object({ requestId: z.string().optional(), error: errorDescriptor }),
  timestamp,
});
export type ErrorEvent = z.infer<typeof errorEvent>;

export function errorFrame(
  requestId: string | undefined,
  error: ErrorDescriptor,
  timestamp: number,
): ErrorEvent {
  return { type: "error", requestId, error, data: { requestId, error }, timestamp };
}

/** How a turn ended. */
export const terminalEvent = z.union([eventualResponseEvent, cancelledEvent, errorEvent]);
export type TerminalEvent = z.infer<typeof terminalEvent>;
