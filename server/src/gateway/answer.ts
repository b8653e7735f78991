import type { Usage } from "@smooth-agent/protocol";
import type { EventSourceMessage } from "eventsource-parser";
import { GatewayError, type GatewayFinish, type GatewayPart } from "./gateway.js";
import { streamError } from "./gateway-fault.js";
import { finishReason, type FinishReason } from "./finish-reason.js";
import { isRecord, listOf, recordOf, textOf } from "./loose-json.js";
import { usageOf } from "./model-usage.js";
import { ToolCallAssembly } from "./tool-call-assembly.js";
import { WholeCharacters } from "./whole-characters.js";

/** One streamed answer while it comes in: what may be shown so far, and how it ended. */
export class Answer {
  readonly #calls = new ToolCallAssembly();
  readonly #text = new WholeCharacters();
  readonly #reasoning = new WholeCharacters();
  readonly #headerCostUsd: number;
  #started = false;
  #said = false;
  #done = false;
  #reason: FinishReason | undefined;
  #usage: Usage | undefined;
  #usageIsFinal = false;

  /** @param headerCostUsd what the response's headers say it costs, 0 when they say nothing */
  constructor(headerCostUsd: number) {
    this.#headerCostUsd = headerCostUsd;
  }

  /** Whether any token came: text, reasoning or a piece of a tool call. */
  get started(): boolean {
    return this.#started;
  }

  /** Whether the model ended its answer explicitly; only usage may still come. */
  get finished(): boolean {
    return this.#reason !== undefined;
  }

  /** Whether nothing is left to come. */
  get settled(): boolean {
    return this.#done || this.#usageIsFinal;
  }

  /**
   * @returns the parts that `event` adds, none of them empty
   * @throws {GatewayError} when it is malformed, or reports an error
   */
  take(event: EventSourceMessage): GatewayPart[] {
    const data = event.data.trim();
    if (data === "") return [];
    if (data === "[DONE]") {
      this.#done = true;
      return [];
    }
    const chunk = parseObject(data);
    if (!chunk && this.finished) return [];
    if (!chunk) throw new GatewayError("unavailable", "the stream holds a malformed event");
    if (event.event === "error" || isError(chunk["error"])) {
      throw streamError(chunk["error"] ?? chunk);
    }
    const parts = this.#takeChoice(listOf(chunk["choices"]).map(recordOf).find(isFirst));
    if (isRecord(chunk["usage"])) {
      this.#usage = usageOf(chunk["usage"], this.#headerCostUsd);
      // Before the finish reason it is a running count.
      this.#usageIsFinal = this.finished;
    }
    return parts;
  }

  /**
   * What the held halves of characters and the finish reason come to, once the stream is over.
   *
   * @throws {GatewayError} when the answer was cut off, or a tool call in it may have been
   */
  end(): GatewayPart[] {
    const finish = this.#finish();
    return [
      ...partsOf("reasoning", this.#reasoning.rest()),
      ...partsOf("text", this.#text.rest()),
      finish,
    ];
  }

  #takeChoice(choice: Record<string, unknown> | undefined): GatewayPart[] {
    if (!choice) return [];
    const delta = recordOf(choice["delta"]);
    const reasoning = reasoningText(delta);
    const text = contentText(delta["content"]) + textOf(delta["refusal"]);
    const calls = callDeltas(delta);
    for (const call of calls) this.#calls.add(call);
    this.#reason ??= finishReason(textOf(choice["finish_reason"]));
    this.#said ||= text !== "";
    this.#started ||= this.#said || reasoning !== "" || calls.length > 0 || this.finished;
    return [
      ...partsOf("reasoning", this.#reasoning.take(reasoning)),
      ...partsOf("text", this.#text.take(text)),
    ];
  }

  #finish(): GatewayFinish {
    const calls = this.#calls;
    const usage = this.#usage && { usage: this.#usage };
    // Without a finish reason, only plain text with an explicit end of stream is known to be whole.
    const reason =
      this.#reason ?? (this.#done && this.#said && calls.size === 0 ? "stop" : undefined);
    if (reason === undefined) {
      throw new GatewayError("unavailable", "the stream ended before the answer did");
    }
    if (reason === "length" || reason === "content_filter") {
      return { type: "finish", reason, toolCalls: [], ...usage };
    }
    if (reason === "stop" && calls.size === 0) {
      return { type: "finish", reason, toolCalls: [], ...usage };
    }
    // Many gateways say `stop` after tool calls: taken at its word only if none can have been cut.
    if (calls.size === 0 || !(reason === "stop" ? calls.whole : calls.named)) {
      throw new GatewayError("unavailable", "the answer ended with an incomplete tool call");
    }
    return { type: "finish", reason: "tool_calls", toolCalls: calls.calls(), ...usage };
  }
}

/** Nothing of the parser's own error is kept: it quotes the text. */
function parseObject(data: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isError(error: unknown): boolean {
  return isRecord(error) || (typeof error === "string" && error !== "");
}

function isFirst(choice: Record<string, unknown>): boolean {
  return choice["index"] === undefined || choice["index"] === null || choice["index"] === 0;
}

/** Reasoning has no standard field; a gateway that fills several of them says the same in each. */
function reasoningText(delta: Record<string, unknown>): string {
  const plain = ["reasoning_content", "reasoning", "reasoning_text", "thinking"]
    .map((field) => textOf(delta[field]))
    .find((text) => text !== "");
  if (plain !== undefined) return plain;
  return listOf(delta["reasoning_details"])
    .map(recordOf)
    .map((detail) => textOf(detail["text"]) || textOf(detail["summary"]))
    .join("");
}

/** Content is a string; some providers send a list of typed pieces. */
function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return listOf(content)
    .map((piece) => textOf(recordOf(piece)["text"]))
    .join("");
}

/** `function_call` is how a single call was sent before `tool_calls`. */
function callDeltas(delta: Record<string, unknown>): readonly unknown[] {
  const calls = listOf(delta["tool_calls"]).filter(isRecord);
  if (calls.length > 0 || !isRecord(delta["function_call"])) return calls;
  return [{ index: 0, function: delta["function_call"] }];
}

function partsOf(type: "text" | "reasoning", text: string): GatewayPart[] {
  return text === "" ? [] : [{ type, text }];
}
