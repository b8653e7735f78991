import type { CLOSE_CODES } from "../close-code.js";
import type { ErrorCode } from "../error-code.js";
import type { LIMITS } from "../limits.js";

/** What each error code means to a client. */
export const errorMeanings: Record<ErrorCode, string> = {
  VALIDATION_ERROR: "The frame is not one JSON object, or the named field is missing or ill-typed.",
  UNSUPPORTED_ACTION: "The server knows no action of this name.",
  SESSION_NOT_FOUND:
    "No such session, or not one that this connection may use: both look the same.",
  CONVERSATION_NOT_FOUND: "No such conversation, or not the caller's own.",
  STORAGE_ERROR: "The database failed. Nothing was lost that had been acknowledged; try again.",
  INTERNAL_ERROR: "A fault of the server that it did not foresee.",
  UNAVAILABLE: "The server drains or is overloaded; try again on a new connection.",
  LLM_UNAVAILABLE: "No model is configured for this agent.",
  AGENT_ERROR: "The turn failed after it was accepted. The text is safe to show.",
  SKILL_NOT_FOUND: "The agent has no skill of this name.",
  TURN_IN_PROGRESS: "Another turn of this conversation runs or waits; it is untouched.",
  AGENT_NOT_AUTHORIZED: "No policy allows this agent.",
  ORIGIN_NOT_ALLOWED: "The page's origin may not embed this agent.",
  UNAUTHENTICATED: "The token of the connection is missing, wrong or expired.",
  AUTH_CONTEXT_INVALID: "The signed identity does not verify, has expired, or was used too often.",
  NO_PENDING_CONFIRMATION: "Nothing waits for a verdict, or not for this visitor's.",
  CONFIRMATION_MISMATCH: "Another tool call waits than the one the verdict names; nothing changed.",
  NO_PENDING_INTERACTION: "Nothing waits for this visitor's answer.",
  INTERACTION_MISMATCH: "Another question waits than the one the answer names.",
  OTP_SEND_FAILED: "The one-time code could not be sent.",
  RATE_LIMITED: "Too many requests; `retryAfterMs` says when to try again.",
  BUDGET_EXCEEDED: "The agent's budget is used up.",
};

/** When the server closes a connection with each code. */
export const closeMeanings: Record<keyof typeof CLOSE_CODES, string> = {
  flood: "More frames per second than the limit.",
  frameTooLarge: "A frame over the size limit.",
  drain: "The server drains: come back after a jittered wait.",
  slowReader: "The reader was too slow for too long.",
  sessionEnded:
    "The last session of the connection ended, was revoked, or is not allowed here any more.",
};

/** What each limit of the contract bounds, with its unit. */
export const limitMeanings: Record<keyof typeof LIMITS, string> = {
  frameBytes: "bytes of one frame that a client sends",
  frameDepth: "levels of nested arrays and objects in one frame",
  messageCharacters: "characters (code points) of one message",
  titleCharacters: "characters (code points) of a conversation's title",
  commentCharacters: "characters (code points) of a comment on an answer",
  contextBytes: "bytes of a page's `context` as JSON",
  contextDepth: "levels of nested arrays and objects in a page's `context`",
  localeCharacters: "characters of a `locale`",
  identifierCharacters: "characters of a requestId, sessionId or other identifier",
  toolResultCharacters: "characters of a tool result on the wire",
  keepaliveMs: "milliseconds between two `keepalive` events while a turn runs or is parked",
};
