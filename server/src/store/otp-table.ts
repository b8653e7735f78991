import type { Database, Tables } from "./database.js";
import type { Prisma } from "./generated/sqlite/client.js";
import { endGrants } from "./grant-table.js";
import type { NewOtpChallenge, OtpOpening, OtpStore, OtpTrial, OtpVerdict } from "./otp-store.js";
import type { OtpChallengeRecord } from "./records.js";

/**
 * The one-time codes. Whatever changes one holds its session's row first and its contact's row last: of
 * two at once the other waits.
 */
export function otpTable(database: Database): OtpStore {
  return {
    otpChallenge: (sessionId) =>
      database.run((tables) => tables.otpChallenge.findUnique({ where: { sessionId } })),

    openOtp: (challenge) => database.transact((tables) => open(tables, challenge)),

    withdrawOtp: (id) =>
      database.run(async (tables) => {
        await tables.otpChallenge.updateMany({ where: { id }, data: { codeHash: null } });
      }),

    tryOtp: (trial) => database.transact((tables) => tryCode(tables, trial)),

    deleteLapsedOtpContacts: (now) =>
      database.run(async (tables) => {
        const isOpen = { OR: [{ lockedUntil: null }, { lockedUntil: { lte: now } }] };
        await tables.otpContact.deleteMany({ where: { countedUntil: { lte: now }, ...isOpen } });
      }),
  };
}

/**
 * Takes back whom a code proved the visitors of sessions to be, with the codes that wait. What was tried
 * in vain stays counted for its day: otherwise whoever has a conversation deleted could guess on.
 */
export async function forgetCodes(
  tables: Tables,
  session: Prisma.SessionWhereInput,
): Promise<void> {
  await tables.otpChallenge.deleteMany({ where: { session } });
  await tables.session.updateMany({
    where: { ...session, authenticatedAs: { not: null } },
    data: { authenticatedAs: null, authenticatedUntil: null },
  });
}

async function open(tables: Tables, challenge: NewOtpChallenge): Promise<OtpOpening> {
  const { sessionId, contact, sentAt: now, resendMs, ...made } = challenge;
  if (!(await holdAnonymous(tables, sessionId))) return { outcome: "ended" };
  const before = await tables.otpChallenge.findUnique({ where: { sessionId } });
  const counted = await tables.otpContact.findUnique({ where: { id: contact } });
  const resendAt = before && new Date(before.sentAt.getTime() + resendMs);
  const retryAt = latest(resendAt, before?.lockedUntil, counted?.lockedUntil);
  if (retryAt > now) return { outcome: "early", retryAt, challenge: before };
  const data = { ...made, contact, sentAt: now, lockedUntil: null };
  await tables.otpChallenge.upsert({
    where: { sessionId },
    create: { ...data, sessionId },
    update: data,
  });
  return { outcome: "opened" };
}

async function tryCode(tables: Tables, trial: OtpTrial): Promise<OtpVerdict> {
  const { sessionId, now, lockedUntil } = trial;
  // From here on no other try of this session is under way.
  if (!(await holdAnonymous(tables, sessionId))) return { outcome: "none" };
  const challenge = await tables.otpChallenge.findUnique({ where: { sessionId } });
  if (!challenge) return { outcome: "none" };
  const { id, salt, codeHash, attemptsLeft, contact } = challenge;
  if (attemptsLeft <= 0) return { outcome: "locked" };
  if (codeHash === null) return { outcome: "none" };
  if (challenge.expiresAt <= now) return { outcome: "expired" };
  const counted = await takeTry(tables, contact, trial);
  if (counted.isTaken && trial.isRight({ salt, codeHash })) return accept(tables, challenge, trial);
  const left = Math.min(attemptsLeft - 1, counted.left);
  if (counted.isTaken && left > 0) {
    await tables.otpChallenge.update({ where: { id }, data: { attemptsLeft: left } });
    return { outcome: "wrong", attemptsLeft: left };
  }
  const until = counted.left > 0 ? lockedUntil : latest(lockedUntil, counted.countedUntil);
  const data = { codeHash: null, attemptsLeft: 0, lockedUntil };
  await tables.otpChallenge.update({ where: { id }, data });
  await tables.otpContact.update({ where: { id: contact }, data: { lockedUntil: until } });
  return { outcome: "locked" };
}

/** Counts a try of a contact before it is known to be wrong, if there is one left. */
async function takeTry(
  tables: Tables,
  id: string,
  { now, failures, countedUntil }: OtpTrial,
): Promise<{ isTaken: boolean; left: number; countedUntil: Date }> {
  const none = { failures: 0, countedUntil };
  // Its row is held from here on: of two first tries at once one makes it and the other waits.
  await tables.otpContact.upsert({ where: { id }, create: { id, ...none }, update: { id } });
  await tables.otpContact.updateMany({ where: { id, countedUntil: { lte: now } }, data: none });
  const taken = await tables.otpContact.updateMany({
    where: { id, failures: { lt: failures } },
    data: { failures: { increment: 1 } },
  });
  const counted = await tables.otpContact.findUniqueOrThrow({ where: { id } });
  const left = Math.max(0, failures - counted.failures);
  return { isTaken: taken.count === 1, left, countedUntil: counted.countedUntil };
}

async function accept(
  tables: Tables,
  { id, sessionId, contact, subject }: OtpChallengeRecord,
  { authenticatedUntil }: OtpTrial,
): Promise<OtpVerdict> {
  await tables.otpChallenge.delete({ where: { id } });
  await tables.otpContact.update({
    where: { id: contact },
    data: { failures: { decrement: 1 } },
  });
  await tables.otpContact.deleteMany({ where: { id: contact, failures: 0, lockedUntil: null } });
  const before = await tables.session.findUniqueOrThrow({ where: { id: sessionId } });
  // What somebody else had allowed, or nobody knows who, has to be asked again.
  if (before.authenticatedAs !== subject) {
    await endGrants(tables, before.conversationId, "user_changed");
  }
  await tables.session.update({
    where: { id: sessionId },
    data: { authenticatedAs: subject, authenticatedUntil },
  });
  return { outcome: "verified", subject };
}

/** Holds the row of an active session that no host has vouched for, until the transaction ends. */
async function holdAnonymous(tables: Tables, id: string): Promise<boolean> {
  const { count } = await tables.session.updateMany({
    where: { id, status: "active", userId: null },
    data: { lastSeenAt: new Date() },
  });
  return count === 1;
}

function latest(...dates: (Date | null | undefined)[]): Date {
  return new Date(Math.max(0, ...dates.map((date) => date?.getTime() ?? 0)));
}
