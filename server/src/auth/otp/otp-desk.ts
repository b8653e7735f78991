import { timeout, TimeoutStrategy } from "cockatiel";
import type { Logger } from "pino";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { z } from "zod";
import { faultOf } from "../../log/fault.js";
import { userIdSchema } from "../user-id.js";
import type { OtpLimits } from "./otp-limits.js";
import type { OtpContact, OtpMessage, OtpQuery, OtpService } from "./otp-service.js";

/** A host's service with its bounds: what it answers is checked, and nothing of it waits for ever. */
export interface OtpDesk {
  readonly limits: OtpLimits;
  /** Unix milliseconds until which the functions of one delivery that begins now may take. */
  deadline(): number;
  /**
   * Where a visitor can be sent a code.
   *
   * @throws {OtpFault} when the host failed, was late, or answered no contacts
   */
  contacts(query: OtpQuery, until: number, signal?: AbortSignal): Promise<readonly OtpContact[]>;
  /** @throws {OtpFault} when the host failed or was late */
  send(message: OtpMessage, until: number, signal?: AbortSignal): Promise<void>;
  /** Counts one sending; 0 when it is admitted, else the milliseconds to wait. */
  admit(sending: OtpSending): Promise<number>;
}

/** Who a code is sent for, and where to. */
export interface OtpSending {
  sessionId: string;
  contact: string;
  organizationId: string;
  /** Whose contact it is. */
  subject: string;
}

/** The host's service did not do it; why is in the log, without destination or code. */
export class OtpFault extends Error {
  override readonly name = "OtpFault";
}

export interface OtpDeskOptions {
  limits: OtpLimits & { hostFunctionMs: number };
  log: Logger;
  /** Unix milliseconds. */
  now: () => number;
}

export function otpDesk(service: OtpService, { limits, log, now }: OtpDeskOptions): OtpDesk {
  const limiters = (["session", "contact", "user"] as const).map((keyPrefix) => {
    return new RateLimiterMemory({ keyPrefix, points: limits.otpSendsPerHour, duration: 3_600 });
  });

  async function ask<Result>(
    what: string,
    work: (options: { signal: AbortSignal }) => Result | Promise<Result>,
    until: number,
    given?: AbortSignal,
  ): Promise<Result> {
    given?.throwIfAborted();
    const inTime = timeout(Math.max(1, until - now()), TimeoutStrategy.Aggressive);
    try {
      return await inTime.execute(async ({ signal }) => work({ signal }), given);
    } catch (error) {
      if (!given?.aborted) log.error(faultOf(error), `${what} of the otp service failed`);
      throw new OtpFault("The otp service failed.");
    }
  }

  return {
    limits,
    deadline: () => now() + limits.hostFunctionMs,

    async contacts(query, until, signal) {
      const given: unknown = await ask(
        "contacts",
        (o) => service.contacts(query, o),
        until,
        signal,
      );
      const parsed = contactsSchema.safeParse(given);
      if (parsed.success) return parsed.data;
      const problems = parsed.error.issues.map(
        ({ path, message }) => `${path.join(".")} ${message}`,
      );
      log.error({ problems }, "contacts of the otp service answered no contacts");
      throw new OtpFault("The otp service answered no contacts.");
    },

    send: (message, until, signal) => ask("send", (o) => service.send(message, o), until, signal),

    async admit({ sessionId, contact, organizationId, subject }) {
      const keys = [sessionId, contact, JSON.stringify([organizationId, subject])];
      for (const [index, limiter] of limiters.entries()) {
        const wait = await waitOf(limiter, keys[index] ?? "");
        if (wait === 0) continue;
        // What one limit refuses does not count against the others.
        const counted = limiters.slice(0, index);
        await Promise.all(counted.map((other, at) => other.reward(keys[at] ?? "")));
        return wait;
      }
      return 0;
    },
  };
}

async function waitOf(limiter: RateLimiterMemory, key: string): Promise<number> {
  try {
    await limiter.consume(key);
    return 0;
  } catch (error) {
    if (error instanceof RateLimiterRes) return Math.max(error.msBeforeNext, 1);
    throw error;
  }
}

/** More than anybody has ways to be reached. */
const MOST_CONTACTS = 20;

const text = (most: number) =>
  z
    .string({ error: "must be a text" })
    .min(1, { error: "must not be empty" })
    .max(most, { error: `must be at most ${most} characters` });

const contactsSchema = z
  .array(
    z.object({
      channel: text(64),
      destination: text(512),
      userId: userIdSchema,
      maskedDestination: text(512).optional(),
    }),
    { error: "must be an array of contacts" },
  )
  .max(MOST_CONTACTS, { error: `must be at most ${MOST_CONTACTS} contacts` });
