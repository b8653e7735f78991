/** The states of a tool call, from the model's wish to its outcome. */
export const TOOL_CALL_STATES = [
  "proposed",
  "awaiting",
  "approved",
  "denied",
  "expired",
  "executing",
  "succeeded",
  "failed",
  "unknown",
] as const;
export type ToolCallState = (typeof TOOL_CALL_STATES)[number];
