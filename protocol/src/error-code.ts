/** Every `error.code` a server may send. The table with its meanings is in the reference page. */
export const ERROR_CODES = [
  "VALIDATION_ERROR",
  "UNSUPPORTED_ACTION",
  "SESSION_NOT_FOUND",
  "CONVERSATION_NOT_FOUND",
  "STORAGE_ERROR",
  "INTERNAL_ERROR",
  "UNAVAILABLE",
  "LLM_UNAVAILABLE",
  "AGENT_ERROR",
  "SKILL_NOT_FOUND",
  "TURN_IN_PROGRESS",
  "AGENT_NOT_AUTHORIZED",
  "ORIGIN_NOT_ALLOWED",
  "UNAUTHENTICATED",
  "AUTH_CONTEXT_INVALID",
  "NO_PENDING_CONFIRMATION",
  "CONFIRMATION_MISMATCH",
  "NO_PENDING_INTERACTION",
  "INTERACTION_MISMATCH",
  "OTP_SEND_FAILED",
  "RATE_LIMITED",
  "BUDGET_EXCEEDED",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Codes that never end a turn, whatever `requestId` they carry: a client goes on listening. */
export const NON_TERMINAL_ERROR_CODES: readonly ErrorCode[] = [
  "TURN_IN_PROGRESS",
  "NO_PENDING_CONFIRMATION",
  "CONFIRMATION_MISMATCH",
  "NO_PENDING_INTERACTION",
  "INTERACTION_MISMATCH",
  "OTP_SEND_FAILED",
];

/** Codes of a refused handshake or session after which trying again cannot help: a client stops. */
export const FINAL_ERROR_CODES: readonly ErrorCode[] = [
  "ORIGIN_NOT_ALLOWED",
  "AGENT_NOT_AUTHORIZED",
  "UNAUTHENTICATED",
];
