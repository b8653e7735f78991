import type { Usage } from "@smooth-agent/protocol";

/** The door to a model: one call streams one model step. */
export interface Gateway {
  /**
   * Asks the model and streams what it answers. Ends after exactly one `finish` part.
   *
   * @param signal aborting it ends the HTTP request at once, also while the model is silent
   * @throws {GatewayError} for every failure, an aborted `signal` included; nothing else is thrown
   */
  stream(request: GatewayRequest, signal: AbortSignal): AsyncIterable<GatewayPart>;
  /** What so many tokens of a model cost, in US dollars; 0 when it is not known. */
  price?(model: string, used: Pick<Usage, "promptTokens" | "completionTokens">): number;
}

export interface GatewayRequest {
  model: string;
  messages: readonly GatewayMessage[];
  tools: readonly GatewayTool[];
  temperature?: number;
  /** Upper bound of output tokens; the model's own when absent. */
  maxOutputTokens?: number;
}

export type GatewayMessage =
  | { role: "system" | "user"; content: string }
  | { role: "assistant"; content: string; toolCalls?: readonly GatewayToolCall[] }
  | { role: "tool"; toolCallId: string; content: string };

export interface GatewayTool {
  name: string;
  description: string;
  /** JSON Schema of the arguments object. */
  parameters: Record<string, unknown>;
}

export interface GatewayToolCall {
  /** The provider's id; made here when it sent none or one twice in a step. */
  id: string;
  name: string;
  /**
   * The arguments as the model wrote them: JSON text, not yet parsed or validated, and not always
   * JSON. `{}` when it wrote none.
   */
  arguments: string;
}

export type GatewayPart =
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string }
  | GatewayFinish;

export interface GatewayFinish {
  type: "finish";
  /**
   * `stop`: the model said what it wanted; `tool_calls`: it waits for results; `length`: it hit its
   * limit, tool calls of the step are dropped; `content_filter`: the provider cut it off.
   */
  reason: "stop" | "tool_calls" | "length" | "content_filter";
  /** Empty unless `reason` is `tool_calls`. */
  toolCalls: GatewayToolCall[];
  /** Absent when the provider reported none. */
  usage?: Usage;
}

/** Why a model step failed, in the terms a turn decides by. */
export type GatewayFault =
  /** No key, or the key was refused. */
  | "unauthenticated"
  /** 429: too many requests. */
  | "rate_limited"
  /** Not reachable, 5xx, cut off in mid-stream, or an answer that is no event stream. */
  | "unavailable"
  /** No first token, no byte for too long, or too long altogether. */
  | "timeout"
  /** Another 4xx, an exhausted account among it: sending the same again will not help. */
  | "rejected"
  /** The caller's signal. */
  | "aborted";

/**
 * A failed model step. `message` is for the log, never for a visitor; it holds no key, no part of the
 * request or answer, and no text of the gateway's.
 */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  /** How long the gateway asks to wait before the next request, in milliseconds, if it does. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly fault: GatewayFault,
    message: string,
    options: { retryAfterMs?: number | undefined } = {},
  ) {
    super(message);
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Whether the visitor may sensibly try the same again. */
  get retryable(): boolean {
    return (
      this.fault === "rate_limited" || this.fault === "unavailable" || this.fault === "timeout"
    );
  }
}
