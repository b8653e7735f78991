import type { EventSourceMessage } from "eventsource-parser";
import { Answer } from "./answer.js";
import { eventBatches } from "./event-batches.js";
import { GatewayError, type GatewayPart } from "./gateway.js";
import { gatewayErrorOf } from "./gateway-fault.js";
import type { GatewayLimits } from "./gateway-limits.js";
import { costOfHeaders } from "./model-usage.js";
import type { Watchdog } from "./watchdog.js";

/**
 * Reads the parts of a streamed chat completion, those of each network read together; the very last
 * part is its `finish`.
 *
 * @throws {GatewayError} when the response is no event stream, or the answer is cut off
 * @throws {TypeError} as `fetch` does, when the connection breaks
 */
export async function* readAnswer(
  response: Response,
  watchdog: Watchdog,
  limits: GatewayLimits,
): AsyncGenerator<GatewayPart[], void, undefined> {
  const body = eventStreamBody(response);
  const answer = new Answer(costOfHeaders(response.headers));
  try {
    for await (const events of eventBatches(body, watchdog, limits.maxAnswerBytes)) {
      const { parts, failure } = takeAll(answer, events);
      if (answer.started) watchdog.tokensFlow();
      if (answer.finished) watchdog.finishReasonCame();
      if (answer.settled) watchdog.answerIsWhole();
      if (parts.length > 0) yield parts;
      if (failure) throw failure;
      if (answer.settled) break;
    }
  } catch (error) {
    if (!answer.finished || !isLostTail(error)) throw error;
  }
  yield answer.end();
}

function eventStreamBody(response: Response): ReadableStream<Uint8Array> {
  const type = response.headers.get("content-type");
  const isEventStream = type === null || /^\s*text\/event-stream\s*(;|$)/i.test(type);
  if (!response.body || !isEventStream) {
    throw new GatewayError("unavailable", "the gateway answered with something else than a stream");
  }
  return response.body;
}

/** What came before a failure is still to be handed on, wherever the network cut the bytes. */
function takeAll(
  answer: Answer,
  events: readonly EventSourceMessage[],
): { parts: GatewayPart[]; failure?: GatewayError } {
  const parts: GatewayPart[] = [];
  try {
    for (const event of events) {
      parts.push(...answer.take(event));
      if (answer.settled) break;
    }
    return { parts };
  } catch (error) {
    return { parts, failure: gatewayErrorOf(error) };
  }
}

/** A broken or silent connection after the finish reason costs the usage, not the answer. */
function isLostTail(error: unknown): boolean {
  return !(error instanceof GatewayError) || error.fault === "timeout";
}
