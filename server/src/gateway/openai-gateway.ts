import OpenAI from "openai";
import { readAnswer } from "./answer-stream.js";
import { BREAKER_LIMITS, breaker, CircuitOpenError, type Breaker } from "./breaker.js";
import { chatRequest, type ChatRequest } from "./chat-request.js";
import { GatewayError, type Gateway, type GatewayPart } from "./gateway.js";
import { gatewayErrorOf } from "./gateway-fault.js";
import { gatewayLimits, type GatewayLimits } from "./gateway-limits.js";
import { pause, retryDelay } from "./retry-delay.js";
import { Watchdog } from "./watchdog.js";

export interface OpenaiGatewayOptions {
  /** Sent as a bearer token; surrounding white space is dropped. */
  apiKey: string;
  /** Where `/chat/completions` is found; OpenAI's own API when absent. */
  baseURL?: string;
  /** Which field carries `maxOutputTokens`: gateways older than OpenAI's renaming know `max_tokens` only. */
  outputLimitField?: "max_completion_tokens" | "max_tokens";
  limits?: Partial<GatewayLimits>;
  /** One of its own, with the default limits, when absent. */
  breaker?: Breaker;
}

/**
 * A gateway to any server that speaks OpenAI's chat completions, streamed.
 *
 * A step is tried again only while nothing of it was yielded, and only for faults that may pass. Each
 * request counts for the breaker by itself.
 *
 * @throws {TypeError} when `baseURL` is no URL
 */
export function openaiGateway(options: OpenaiGatewayOptions): Gateway {
  const limits = gatewayLimits(options.limits);
  const client = openaiClient(options);
  const guard = options.breaker ?? breaker(BREAKER_LIMITS);
  return {
    stream(request, signal) {
      const stop = new AbortController();
      const parts = step(
        client,
        () => chatRequest(request, options.outputLimitField),
        limits,
        guard,
        signal,
        stop,
      );
      const end = parts.return.bind(parts);
      // A generator alone would queue `return()` behind a read that may be silent for a minute.
      parts.return = (value) => {
        stop.abort();
        return end(value);
      };
      return parts;
    },
  };
}

type Client = OpenAI | undefined;

/** No client when the key is missing or cannot stand in a header: every step then says so. */
function openaiClient({ apiKey, baseURL }: OpenaiGatewayOptions): Client {
  const url = baseURL === undefined ? null : new URL(baseURL).href;
  const key = apiKey.trim();
  if (!/^[\x21-\x7e]+$/.test(key)) return undefined;
  // Null where the SDK would otherwise read the environment by itself.
  return new OpenAI({
    apiKey: key,
    baseURL: url,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    logLevel: "off",
  });
}

async function* step(
  client: Client,
  buildRequest: () => ChatRequest,
  limits: GatewayLimits,
  breaker: Breaker,
  signal: AbortSignal,
  stop: AbortController,
): AsyncGenerator<GatewayPart, void, undefined> {
  const relay = () => stop.abort();
  signal.addEventListener("abort", relay, { once: true });
  if (signal.aborted) relay();
  let yielded = false;
  const deadline = performance.now() + limits.totalMs;
  try {
    if (!client) throw new GatewayError("unauthenticated", "no usable gateway key");
    const request = buildRequest();
    for (let attempts = 1; ; attempts++) {
      try {
        const one = () => attempt(client, request, limits, deadline, stop.signal);
        for await (const parts of breaker.guard(one, signal)) {
          for (const part of parts) {
            if (stop.signal.aborted) throw new GatewayError("aborted", "aborted by the caller");
            yielded = true;
            yield part;
          }
        }
        return;
      } catch (error) {
        const failure = gatewayErrorOf(error);
        if (yielded || attempts >= limits.maxAttempts) throw failure;
        if (failure instanceof CircuitOpenError) throw failure;
        const delay = retryDelay(failure, attempts, limits);
        if (delay === undefined || performance.now() + delay >= deadline) throw failure;
        await pause(delay, stop.signal);
      }
    }
  } catch (error) {
    throw gatewayErrorOf(error);
  } finally {
    signal.removeEventListener("abort", relay);
  }
}

/** One HTTP request. Leaving it in any way but its regular end closes the request. */
async function* attempt(
  client: OpenAI,
  request: ChatRequest,
  limits: GatewayLimits,
  deadline: number,
  stop: AbortSignal,
): AsyncGenerator<GatewayPart[], void, undefined> {
  const watchdog = new Watchdog(limits, deadline, stop);
  try {
    watchdog.check();
    const response = await client.chat.completions
      .create(request, { signal: watchdog.signal, timeout: SDK_TIMEOUT_MS })
      .asResponse();
    yield* readAnswer(response, watchdog, limits);
  } catch (error) {
    throw watchdog.verdict ?? error;
  } finally {
    watchdog.release();
  }
}

/** Never reached: the watchdog is the only clock. */
const SDK_TIMEOUT_MS = 2 ** 31 - 1;
