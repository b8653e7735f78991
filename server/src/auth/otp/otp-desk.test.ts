import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { otpDesk, OtpFault } from "./otp-desk.js";
import { OTP_LIMITS } from "./otp-limits.js";
import type { OtpQuery, OtpService } from "./otp-service.js";

const contact = { channel: "email", destination: "jane@example.com", userId: "jane" };
const query = {} as OtpQuery;

function desk(service: Partial<OtpService>, hostFunctionMs = 1_000) {
  const log: string[] = [];
  const logger = pino({}, { write: (line) => void log.push(line) });
  const whole = { contacts: () => [contact], send: () => undefined, ...service };
  const limits = { ...OTP_LIMITS, otpSendsPerHour: 2, hostFunctionMs };
  return { log, desk: otpDesk(whole, { limits, log: logger, now: Date.now }) };
}

describe("the contacts of a host", () => {
  test.each([
    ["nothing", undefined, "must be an array of contacts"],
    ["too many", Array.from({ length: 21 }, () => contact), "must be at most 20 contacts"],
    ["no channel", [{ ...contact, channel: "" }], "0.channel must not be empty"],
    ["no destination", [{ ...contact, destination: 7 }], "0.destination must be a text"],
    ["an endless one", [{ ...contact, destination: "x".repeat(513) }], "at most 512 characters"],
    ["a contact of nobody", [contact, { ...contact, userId: "" }], "1.userId"],
  ])("that answers %s is a fault, named in the log without a value", async (_, given, problem) => {
    const { desk: made, log } = desk({ contacts: () => given as never });
    await expect(made.contacts(query, made.deadline())).rejects.toThrow(OtpFault);
    expect(log.join("")).toContain(problem);
    expect(log.join("")).not.toContain("jane");
  });

  test("are asked for no longer than there is time, and the host is told to stop", async () => {
    let signal: AbortSignal | undefined;
    const contacts: OtpService["contacts"] = (_, options) => {
      signal = options.signal;
      return new Promise(() => undefined);
    };
    const { desk: made } = desk({ contacts }, 20);
    await expect(made.contacts(query, made.deadline())).rejects.toThrow(OtpFault);
    expect(signal?.aborted).toBe(true);
  });

  test("are not asked for in the name of a turn that was stopped", async () => {
    let asked = 0;
    const { desk: made, log } = desk({
      contacts: () => [{ ...contact, userId: `${(asked += 1)}` }],
    });
    await expect(made.contacts(query, made.deadline(), AbortSignal.abort())).rejects.toThrow(
      "aborted",
    );
    expect([asked, log]).toEqual([0, []]);
  });
});

describe("the sendings in an hour", () => {
  const sending = { sessionId: "s", contact: "c", organizationId: "o", subject: "u" };

  test.each([
    ["of a session", { contact: "c2", subject: "u2" }],
    ["to a contact", { sessionId: "s2", subject: "u2" }],
    ["for a user", { sessionId: "s2", contact: "c2" }],
  ])("%s are bounded", async (_, others) => {
    const { desk: made } = desk({});
    expect(await made.admit(sending)).toBe(0);
    expect(await made.admit({ ...sending, ...others })).toBe(0);
    const wait = await made.admit({ ...sending, ...others });
    expect(wait).toBeGreaterThan(3_590_000);
    expect(wait).toBeLessThanOrEqual(3_600_000);
    const strangers = { sessionId: "s3", contact: "c3", subject: "u3", organizationId: "o" };
    expect(await made.admit(strangers)).toBe(0);
    const namesake = { ...strangers, sessionId: "s4", contact: "c4", subject: "u" };
    expect(await made.admit({ ...namesake, organizationId: "o2" })).toBe(0);
  });

  test("that one limit refuses do not count against the others", async () => {
    const { desk: made } = desk({});
    for (let n = 0; n < 2; n += 1)
      await made.admit({ ...sending, sessionId: `s${n}`, contact: `c${n}` });
    const fresh = { ...sending, sessionId: "fresh", contact: "fresh" };
    for (let n = 0; n < 3; n += 1) expect(await made.admit(fresh)).toBeGreaterThan(0);
    for (let n = 0; n < 2; n += 1) expect(await made.admit({ ...fresh, subject: "other" })).toBe(0);
  });
});
