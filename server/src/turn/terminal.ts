import {
  NON_TERMINAL_ERROR_CODES,
  type ServerEvent,
  type TerminalEvent,
} from "@smooth-agent/protocol";

/** Whether a turn ends with an event of its: some errors are said by the way. */
export function endsTurn(event: ServerEvent): event is TerminalEvent {
  switch (event.type) {
    case "eventual_response":
    case "cancelled":
      return true;
    case "error":
      return !NON_TERMINAL_ERROR_CODES.includes(event.error.code);
    default:
      return false;
  }
}
