import type { ErrorCode, ErrorDescriptor } from "@smooth-agent/protocol";

/**
 * The one error that the client rejects with.
 *
 * `origin` tells who says it: `server` answered so; `timeout`: no answer came in time; `lost`: the
 * connection ended first, and whether the server acted is unknown; `client`: never sent.
 */
export class RequestError extends Error {
  readonly descriptor: ErrorDescriptor;
  readonly origin: "server" | "timeout" | "lost" | "client";

  constructor(descriptor: ErrorDescriptor, origin: RequestError["origin"]) {
    super(descriptor.message);
    this.name = "RequestError";
    this.descriptor = descriptor;
    this.origin = origin;
  }
}

/** Finds out whether `error` is a {@link RequestError} with one of these codes. */
export function hasCode(error: unknown, codes: readonly ErrorCode[]): error is RequestError {
  return error instanceof RequestError && codes.includes(error.descriptor.code);
}

/** @returns what a rejection says; throws anything else than a {@link RequestError} on */
export function reasonOf(error: unknown): ErrorDescriptor {
  if (error instanceof RequestError) return error.descriptor;
  throw error;
}

export function unavailable(message: string, origin: RequestError["origin"]): RequestError {
  return new RequestError({ code: "UNAVAILABLE", message, retryable: true }, origin);
}

/** A server answered what its contract does not know. */
export function unreadable(): RequestError {
  const message = "The server's answer cannot be read.";
  return new RequestError({ code: "INTERNAL_ERROR", message }, "server");
}

export function connectionLost(): RequestError {
  return unavailable("The connection was lost.", "lost");
}
