import type { ErrorCode, ErrorDescriptor } from "@smooth-agent/protocol";
import { SourceFault } from "../agent/source-fault.js";
import { StorageError } from "../store/storage-error.js";

/** A refusal that the client is told as it stands. */
export class ActionError extends Error {
  override readonly name = "ActionError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly retryable?: boolean,
    /** When the same may be tried again. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** The one door from whatever was thrown to what a client may see. */
export function describeError(error: unknown): ErrorDescriptor {
  if (error instanceof ActionError) {
    const { code, message, retryable, retryAfterMs } = error;
    return {
      code,
      message,
      ...(retryable !== undefined && { retryable }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
  }
  if (error instanceof StorageError) {
    const message = "The request could not be stored or read. Please try again.";
    return { code: "STORAGE_ERROR", message, retryable: true };
  }
  if (error instanceof SourceFault) {
    const message = "The assistant is not available right now. Please try again.";
    return { code: "UNAVAILABLE", message, retryable: true };
  }
  return { code: "INTERNAL_ERROR", message: "Something went wrong on the server." };
}

/** What an unknown session and someone else's look like: the same, to the byte. */
export function sessionNotFound(): ActionError {
  return new ActionError("SESSION_NOT_FOUND", "There is no such session here.");
}

/** What an unknown form, one of others, and one that was answered look like: the same, to the byte. */
export function noPendingInteraction(): ActionError {
  return new ActionError("NO_PENDING_INTERACTION", "No form is waiting for an answer here.");
}
