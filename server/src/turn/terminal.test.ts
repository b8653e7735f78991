import {
  cancelled,
  ERROR_CODES,
  errorFrame,
  NON_TERMINAL_ERROR_CODES,
  otpSent,
  streamToken,
} from "@smooth-agent/protocol";
import { expect, test } from "vitest";
import { endsTurn } from "./terminal.js";

test("a turn ends with its terminal events, and not with an error that is said by the way", () => {
  expect(endsTurn(cancelled("r", 1))).toBe(true);
  expect(endsTurn(streamToken("r", "x", 1))).toBe(false);
  const delivery = { channel: "email", maskedDestination: "j***@example.com" };
  expect(endsTurn(otpSent("r", delivery, 1))).toBe(false);
  const ending = ERROR_CODES.filter((code) =>
    endsTurn(errorFrame("r", { code, message: "no" }, 1)),
  );
  expect(ending.toSorted()).toEqual(
    ERROR_CODES.filter((code) => !NON_TERMINAL_ERROR_CODES.includes(code)).toSorted(),
  );
});
