import type { z } from "zod";
import { clientToolCallEvent } from "./events/client-tool-call.js";
import { grantsChangedEvent } from "./events/grants-changed.js";
import { handOffEvent, hostEvent, messageAddedEvent } from "./events/host.js";
import { keepaliveEvent, pongEvent } from "./events/heartbeat.js";
import { immediateResponseEvent } from "./events/immediate-response.js";
import {
  interactionInvalidEvent,
  interactionRequiredEvent,
  interactionResolvedEvent,
} from "./events/interaction.js";
import {
  confirmationResolvedEvent,
  sessionEndedEvent,
  turnSnapshotEvent,
  turnStartedEvent,
} from "./events/live.js";
import {
  streamChunkEvent,
  streamPreambleEvent,
  streamReasoningEvent,
  streamTokenEvent,
} from "./events/stream.js";
import {
  otpInvalidEvent,
  otpSentEvent,
  otpVerificationRequiredEvent,
  otpVerifiedEvent,
} from "./events/otp.js";
import { cancelledEvent, errorEvent, eventualResponseEvent } from "./events/terminal.js";
import { writeConfirmationRequiredEvent } from "./events/write-confirmation-required.js";

/** The schema of each event, by its `type`. */
export const eventSchemas = {
  immediate_response: immediateResponseEvent,
  stream_token: streamTokenEvent,
  stream_reasoning: streamReasoningEvent,
  stream_preamble: streamPreambleEvent,
  stream_chunk: streamChunkEvent,
  eventual_response: eventualResponseEvent,
  write_confirmation_required: writeConfirmationRequiredEvent,
  interaction_required: interactionRequiredEvent,
  interaction_invalid: interactionInvalidEvent,
  otp_verification_required: otpVerificationRequiredEvent,
  otp_sent: otpSentEvent,
  otp_verified: otpVerifiedEvent,
  otp_invalid: otpInvalidEvent,
  cancelled: cancelledEvent,
  keepalive: keepaliveEvent,
  pong: pongEvent,
  error: errorEvent,
  turn_started: turnStartedEvent,
  confirmation_resolved: confirmationResolvedEvent,
  turn_snapshot: turnSnapshotEvent,
  session_ended: sessionEndedEvent,
  message_added: messageAddedEvent,
  hand_off: handOffEvent,
  host_event: hostEvent,
  interaction_resolved: interactionResolvedEvent,
  grants_changed: grantsChangedEvent,
  client_tool_call: clientToolCallEvent,
} as const;

export type EventName = keyof typeof eventSchemas;
export type EventOf<Name extends EventName> = z.output<(typeof eventSchemas)[Name]>;
export type ServerEvent = { [Name in EventName]: EventOf<Name> }[EventName];

/** Events of the extension part: only for connections whose `supports` has `live`. */
export const LIVE_EVENTS: readonly EventName[] = [
  "turn_started",
  "confirmation_resolved",
  "turn_snapshot",
  "session_ended",
  "message_added",
  "hand_off",
  "host_event",
  "interaction_resolved",
  "grants_changed",
  "client_tool_call",
];
