import type { ErrorDescriptor } from "@smooth-agent/protocol";

// What no server said: the client itself knows it.

export const UNVOUCHED: ErrorDescriptor = {
  code: "AUTH_CONTEXT_INVALID",
  message: "The page could not say who the visitor is.",
  retryable: true,
};

export const ENDED: ErrorDescriptor = {
  code: "SESSION_NOT_FOUND",
  message: "This conversation was ended.",
};

export const NO_LONGER_PENDING: ErrorDescriptor = {
  code: "NO_PENDING_CONFIRMATION",
  message: "The question is no longer pending.",
};

export const NO_FORM_PENDING: ErrorDescriptor = {
  code: "NO_PENDING_INTERACTION",
  message: "The form is no longer asked for.",
};
