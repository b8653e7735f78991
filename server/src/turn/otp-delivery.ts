import { randomUUID } from "node:crypto";
import type { OtpDelivery } from "@smooth-agent/protocol";
import type { OtpDesk } from "../auth/otp/otp-desk.js";
import type { OtpContact, OtpQuery } from "../auth/otp/otp-service.js";
import { contactId, newCode } from "../auth/otp/otp-code.js";
import { maskedDestination } from "../auth/otp/masked-destination.js";
import type { OtpChallengeRecord, SessionRecord } from "../store/records.js";
import { UNNAMED, type Store } from "../store/store.js";

/** What one delivery of a code is about. */
export interface OtpErrand {
  desk: OtpDesk;
  /** As it stands in the store at this moment: with what the visitor said of themselves last. */
  session: SessionRecord;
  tool: OtpQuery["tool"];
  /** Unix milliseconds until which the host's functions may take. */
  until: number;
  signal?: AbortSignal;
}

/** What became of a code. */
export type OtpDispatch =
  | { outcome: "sent"; delivery: OtpDelivery }
  /** None may be sent before this; `live` when the one before is still good and went to the same contact. */
  | { outcome: "early"; retryAfterMs: number; live: OtpDelivery | null }
  | { outcome: "failed"; retryAfterMs: number }
  /** The session has ended, or is a verified user's. */
  | { outcome: "ended" };

interface OtpPorts {
  store: Store;
  /** Unix milliseconds. */
  now: () => number;
}

/**
 * Where the visitor of a session can be sent a code, as the host says.
 *
 * @throws {OtpFault} when the host failed
 */
export function otpContacts(errand: OtpErrand): Promise<readonly OtpContact[]> {
  const { desk, session, tool, until, signal } = errand;
  return desk.contacts({ ...placeOf(session), ...whoIs(session), tool }, until, signal);
}

/** Sends a fresh code, unless it is too early. Its row is written before: a crash in between sends none twice. */
export async function sendCode(
  errand: OtpErrand,
  contact: OtpContact,
  { store, now }: OtpPorts,
): Promise<OtpDispatch> {
  const { desk, session, tool, until, signal } = errand;
  const { channel, destination, userId: subject } = contact;
  const { otpMs, otpAttempts, otpResendMs } = desk.limits;
  const sentAt = new Date(now());
  const id = contactId(session.organizationId, destination);
  const sending = { sessionId: session.id, contact: id, subject };
  const before = await store.otpChallenge(session.id);
  const resendAt = before ? before.sentAt.getTime() + otpResendMs : 0;
  const wait = Math.max(resendAt - sentAt.getTime(), 0);
  const refused =
    wait || (await desk.admit({ ...sending, organizationId: session.organizationId }));
  if (refused > 0) return early(before, refused);
  const { code, ...kept } = newCode();
  const challenge = {
    ...{ ...sending, ...kept, id: randomUUID(), channel, sentAt, resendMs: otpResendMs },
    ...{ toolName: tool.name, toolTitle: tool.title, attemptsLeft: otpAttempts },
    maskedDestination: contact.maskedDestination ?? maskedDestination(destination),
    expiresAt: new Date(sentAt.getTime() + otpMs),
  };
  await store.deleteLapsedOtpContacts(sentAt);
  const opening = await store.openOtp(challenge);
  if (opening.outcome === "ended") return opening;
  if (opening.outcome === "early") {
    return early(opening.challenge, opening.retryAt.getTime() - sentAt.getTime());
  }
  try {
    const { expiresAt } = challenge;
    const message = { channel, destination, code, expiresAt, ...placeOf(session) };
    await desk.send(message, until, signal);
  } catch (error) {
    // Nobody knows whether it was sent: what did arrive may be typed.
    if (signal?.aborted) throw error;
    await store.withdrawOtp(challenge.id);
    return { outcome: "failed", retryAfterMs: Math.max(1, sentAt.getTime() + otpResendMs - now()) };
  }
  return { outcome: "sent", delivery: deliveryOf(challenge, desk) };

  function early(challenge: OtpChallengeRecord | null, retryAfterMs: number): OtpDispatch {
    const isLive =
      challenge !== null &&
      challenge.codeHash !== null &&
      challenge.expiresAt > sentAt &&
      challenge.contact === id &&
      challenge.subject === subject;
    return { outcome: "early", retryAfterMs, live: isLive ? deliveryOf(challenge, desk) : null };
  }
}

/** What a visitor may choose from, each once. */
export function channelsOf(contacts: readonly OtpContact[]): string[] {
  return [...new Set(contacts.map(({ channel }) => channel))];
}

type Delivered = Pick<
  OtpChallengeRecord,
  "channel" | "maskedDestination" | "expiresAt" | "sentAt" | "attemptsLeft"
>;

function deliveryOf(challenge: Delivered, { limits }: OtpDesk): OtpDelivery {
  return {
    channel: challenge.channel,
    maskedDestination: challenge.maskedDestination,
    expiresAt: challenge.expiresAt.getTime(),
    resendAt: challenge.sentAt.getTime() + limits.otpResendMs,
    attemptsRemaining: challenge.attemptsLeft,
  };
}

function placeOf({ organizationId, agentId, agentName, conversationId }: SessionRecord) {
  return {
    organization: { id: organizationId },
    agent: { id: agentId, name: agentName },
    conversation: { id: conversationId },
  };
}

function whoIs({ id, userName, userEmail, userPhone }: SessionRecord) {
  return {
    session: { id },
    visitor: {
      ...(userName !== UNNAMED && { name: userName }),
      ...(userEmail !== null && { email: userEmail }),
      ...(userPhone !== null && { phone: userPhone }),
    },
  };
}
