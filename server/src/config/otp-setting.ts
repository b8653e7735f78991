import { z } from "zod";
import type { OtpService } from "../auth/otp/otp-service.js";

const isFunction = (value: unknown) => typeof value === "function";

/** The host's two functions; it may be an object with an identity of its own, and is kept as it is. */
export const otpSetting = z.custom<OtpService>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    "contacts" in value &&
    isFunction(value.contacts) &&
    "send" in value &&
    isFunction(value.send),
  { error: "must have two functions, contacts and send" },
);
