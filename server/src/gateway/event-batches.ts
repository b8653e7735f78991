import { createParser, type EventSourceMessage } from "eventsource-parser";
import { GatewayError } from "./gateway.js";
import type { Watchdog } from "./watchdog.js";

/**
 * Reads a body as server-sent events and yields those of each network read together, so that a burst
 * of tokens costs one turn of the event loop. Leaving early closes the body.
 *
 * @throws {GatewayError} the watchdog's verdict, or when the body exceeds `maxBytes`
 */
export async function* eventBatches(
  body: ReadableStream<Uint8Array>,
  watchdog: Watchdog,
  maxBytes: number,
): AsyncGenerator<EventSourceMessage[], void, undefined> {
  let batch: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => batch.push(event) });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let ended = false;
  let bytes = 0;
  try {
    while (!ended) {
      const { done, value } = await watchdog.bytes(reader.read());
      ended = done;
      bytes += value?.byteLength ?? 0;
      if (bytes > maxBytes) throw new GatewayError("unavailable", "the answer is too large");
      // A last event without its blank line is taken: if it was cut off, its JSON does not parse.
      parser.feed(done ? `${decoder.decode()}\n\n` : decoder.decode(value, { stream: true }));
      if (batch.length === 0) continue;
      yield batch;
      batch = [];
    }
  } finally {
    if (!ended) void (watchdog.complete ? drain(reader) : cancel(reader));
  }
}

/** Reads the little that follows a whole answer, so that the connection serves the next request. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const timer = setTimeout(() => void cancel(reader), DRAIN_MS);
  try {
    while (!(await reader.read()).done);
  } catch {
    // The answer is whole already.
  } finally {
    clearTimeout(timer);
  }
}

async function cancel(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    await reader.cancel();
  } catch {
    // It was broken already.
  }
}

const DRAIN_MS = 1_000;
