import { APIConnectionTimeoutError, APIError } from "openai";
import { GatewayError, type GatewayFault } from "./gateway.js";
import { recordOf, textOf } from "./loose-json.js";
import { retryAfterMs } from "./retry-delay.js";

/**
 * The one door from whatever was thrown. Upstream texts and causes stay behind it: they may quote
 * the key, the request or the answer.
 */
export function gatewayErrorOf(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof APIConnectionTimeoutError) {
    return new GatewayError("timeout", "the gateway did not answer in time");
  }
  if (error instanceof APIError) {
    const status: unknown = error.status;
    if (typeof status === "number") return statusError(status, error);
  }
  const code = networkCode(error);
  return new GatewayError(
    code === "UND_ERR_BODY_TIMEOUT" ? "timeout" : "unavailable",
    `the connection to the gateway failed (${code})`,
  );
}

/** @param error what the gateway sent as an error in mid-stream */
export function streamError(error: unknown): GatewayError {
  const { code, type, status } = recordOf(error);
  const number = [code, status].map(Number).find((value) => value >= 400 && value < 600);
  const name = codeName(code) || codeName(type);
  const fault =
    number === undefined ? (NAMED_FAULTS.get(name) ?? "unavailable") : faultOf(number, name);
  const detail = [number, name].filter(Boolean).join(", ") || "no code";
  return new GatewayError(fault, `the gateway reported an error in mid-stream (${detail})`);
}

function statusError(status: number, error: StatusError): GatewayError {
  const name = codeName(error.code) || codeName(error.type);
  const detail = name === "" ? "" : ` (${name})`;
  return new GatewayError(faultOf(status, name), `the gateway answered ${status}${detail}`, {
    retryAfterMs: retryAfterMs(error.headers),
  });
}

/** The fields of the SDK's `APIError`, which it types as `any`. */
interface StatusError {
  readonly code?: unknown;
  readonly type?: unknown;
  readonly headers?: Headers | undefined;
}

function faultOf(status: number, name: string): GatewayFault {
  if (status === 401 || status === 403) return "unauthenticated";
  // An empty account also comes as 429, and waiting does not fill it.
  if (status === 429) return name === "insufficient_quota" ? "rejected" : "rate_limited";
  if (status >= 500 || status < 400) return "unavailable";
  return PASSING_STATUSES.has(status) ? "unavailable" : "rejected";
}

/** Request timeout, conflict, too early: the same request may be accepted later. */
const PASSING_STATUSES = new Set([408, 409, 425]);

const NAMED_FAULTS = new Map<string, GatewayFault>([
  ["rate_limit_exceeded", "rate_limited"],
  ["rate_limit_error", "rate_limited"],
  ["insufficient_quota", "rejected"],
  ["invalid_request_error", "rejected"],
  ["context_length_exceeded", "rejected"],
  ["authentication_error", "unauthenticated"],
  ["invalid_api_key", "unauthenticated"],
]);

/** An upstream code if it is a plain name, and so neither a key nor a sentence; else empty. */
function codeName(code: unknown): string {
  const text = textOf(code);
  return /^[a-z_]{1,48}$/i.test(text) ? text.toLowerCase() : "";
}

/** The code that Node or undici put somewhere in the chain of causes. */
function networkCode(error: unknown): string {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    const code = "code" in current ? textOf(current.code) : "";
    if (/^[A-Z][A-Z0-9_]{1,40}$/.test(code)) return code;
    current = current.cause;
  }
  return "no code";
}
