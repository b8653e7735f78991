import { PolicyUnavailable } from "../auth/agent-policy.js";
import { StorageError } from "../store/storage-error.js";

/** Every `error.code` of the host API, with its HTTP status. */
export const API_ERRORS = {
  VALIDATION_ERROR: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  STORAGE_ERROR: 503,
  UNAVAILABLE: 503,
} as const;
export type ApiErrorCode = keyof typeof API_ERRORS;

/** A refusal that the principal is told as it stands. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly code: ApiErrorCode,
    message: string,
    /** Milliseconds after which trying again may help. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** The one door from whatever was thrown to what a principal may see. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof StorageError) {
    const message = "The request could not be stored or read. Please try again.";
    return new ApiError("STORAGE_ERROR", message);
  }
  if (error instanceof PolicyUnavailable) {
    const message = "The agent's policy cannot be read at the moment. Please try again.";
    return new ApiError("UNAVAILABLE", message);
  }
  return new ApiError("INTERNAL_ERROR", "Something went wrong on the server.");
}

/** What is unknown and what belongs to another organization look like: the same, to the byte. */
export function notFound(): ApiError {
  return new ApiError("NOT_FOUND", "There is nothing here by this name.");
}

/** What a principal whose role does not allow it is told. */
export function forbidden(message = "Your role does not allow this."): ApiError {
  return new ApiError("FORBIDDEN", message);
}

/** A refused value. @param message names the field and says what it must be, never what it was */
export function invalid(message: string): ApiError {
  return new ApiError("VALIDATION_ERROR", message);
}
