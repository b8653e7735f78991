import type {
  ClientToolCall,
  HandOffEvent,
  InteractionRequired,
  OtpSent,
  OtpVerificationRequired,
  StreamChunk,
  StreamPreamble,
  StreamReasoning,
  StreamToken,
  TerminalEvent,
  WriteConfirmationRequired,
} from "@smooth-agent/protocol";

/** What a turn says to its conversation, in order; a terminal event is the last one. */
export type TurnEvent =
  | StreamToken
  | StreamReasoning
  | StreamPreamble
  | StreamChunk
  | WriteConfirmationRequired
  | InteractionRequired
  | ClientToolCall
  | HandOffEvent
  | OtpVerificationRequired
  | OtpSent
  | TerminalEvent;
