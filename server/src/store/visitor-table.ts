import { eraseConversation, FORGOTTEN } from "./conversation-erasure.js";
import type { Database, Tables } from "./database.js";
import { OF_VISITORS } from "./conversation-kind.js";
import type { Prisma } from "./generated/sqlite/client.js";
import { forgetCodes } from "./otp-table.js";
import { UNNAMED } from "./session-store.js";
import { LIVE_STATES } from "./turn-ending.js";
import { exportVisitor } from "./visitor-export.js";
import { ERASE_ROWS, type VisitorStore } from "./visitor-store.js";

/** What is kept about visitors: to read, to hand out and to delete. */
export function visitorTable(database: Database): VisitorStore {
  return {
    visitorSessions: ({ organizationId, userId, limit, cursor }) =>
      database.run(async (tables) => {
        const where = { userId, role: null, conversation: { organizationId } };
        const last =
          cursor === undefined
            ? undefined
            : await tables.session.findFirst({ where: { ...where, id: cursor } });
        if (last === null) return null;
        const rows = await tables.session.findMany({
          where: last ? { AND: [where, olderThan(last)] } : where,
          orderBy: [{ createdAt: "desc" }, { id: "desc" }],
          take: limit + 1,
          include: { conversation: { select: { agentId: true } } },
        });
        const sessions = rows.slice(0, limit).map(({ conversation, ...row }) => ({
          id: row.id,
          conversationId: row.conversationId,
          agentId: conversation.agentId,
          status: row.status,
          endedReason: row.endedReason,
          createdAt: row.createdAt,
          lastSeenAt: row.lastSeenAt,
        }));
        const nextCursor = rows.length > limit ? (sessions.at(-1)?.id ?? null) : null;
        return { sessions, nextCursor };
      }),

    exportVisitor: (organizationId, userId) => exportVisitor(database, organizationId, userId),

    hasVisitor: (organizationId, userId) =>
      database.run(async (tables) => {
        const kept = { organizationId, userId };
        const conversation = { organizationId, ...OF_VISITORS };
        const found =
          (await tables.session.findFirst({ where: { userId, role: null, conversation } })) ??
          (await tables.session.findFirst({ where: proven(kept) })) ??
          (await tables.conversation.findFirst({ where: { ...conversation, ownerId: userId } })) ??
          (await tables.participant.findFirst({ where: { externalId: userId, conversation } })) ??
          (await tables.decision.findFirst({ where: kept })) ??
          (await tables.usageEntry.findFirst({ where: kept }));
        return found !== null;
      }),

    visitorConversations: (organizationId, userId) =>
      database.run(async (tables) => {
        const rows = await tables.conversation.findMany({
          where: { organizationId, ownerId: userId, ...OF_VISITORS },
          take: ERASE_ROWS,
          select: { id: true },
        });
        return rows.map(({ id }) => id);
      }),

    idleConversations: (before, limit, organizationId) =>
      database.run(async (tables) => {
        const rows = await tables.conversation.findMany({
          where: { updatedAt: { lt: before }, activeTurnId: null, organizationId },
          orderBy: { updatedAt: "asc" },
          take: limit,
          select: { id: true },
        });
        return rows.map(({ id }) => id);
      }),

    deleteConversation: (which) => eraseConversation(database, which),

    async forgetVisitor(organizationId, userId) {
      const visitor = { organizationId, userId };
      await untilNone(database, (tables) => forgetDecisions(tables, visitor));
      await untilNone(database, (tables) => forgetUsage(tables, visitor));
      await untilNone(database, (tables) => forgetProofs(tables, visitor));
      await untilNone(database, (tables) => forgetGrants(tables, visitor));
      const sessions = await untilNone(database, (tables) => deleteSessions(tables, visitor));
      await untilNone(database, (tables) => forgetParticipants(tables, visitor));
      return sessions;
    },

    deleteExpiredSignatures: (now) =>
      database.run(async (tables) => {
        await tables.authContextNonce.deleteMany({ where: { expiresAt: { lt: now } } });
      }),
  };
}

interface Visitor {
  organizationId: string;
  userId: string;
}

const ID = { select: { id: true } } as const;
const SOME = { take: ERASE_ROWS, ...ID } as const;

/** Does one bounded transaction after the other until there is nothing left to do; answers how much it was. */
async function untilNone(
  database: Database,
  work: (tables: Tables) => Promise<number>,
): Promise<number> {
  for (let sum = 0; ;) {
    const count = await database.transact(work);
    if (count === 0) return sum;
    sum += count;
  }
}

async function forgetDecisions(tables: Tables, visitor: Visitor): Promise<number> {
  const some = await tables.decision.findMany({ where: visitor, ...SOME });
  await tables.decision.updateMany({ where: { id: { in: idsOf(some) } }, data: FORGOTTEN });
  return some.length;
}

async function forgetUsage(tables: Tables, visitor: Visitor): Promise<number> {
  const some = await tables.usageEntry.findMany({ where: visitor, ...SOME });
  await tables.usageEntry.updateMany({
    where: { id: { in: idsOf(some) } },
    data: { userId: null },
  });
  return some.length;
}

/** Sessions of nobody's that a code proved to be theirs, or was sent for to do so. */
async function forgetProofs(tables: Tables, visitor: Visitor): Promise<number> {
  const some = await tables.session.findMany({ where: proven(visitor), ...SOME });
  const sessions = { id: { in: idsOf(some) } };
  const sent = { subject: visitor.userId, session: sessions };
  const codes = await tables.otpChallenge.findMany({ where: sent, select: { contact: true } });
  await tables.otpContact.deleteMany({
    where: { id: { in: codes.map(({ contact }) => contact) } },
  });
  await forgetCodes(tables, sessions);
  return some.length;
}

/** What they allowed in conversations of nobody's. */
async function forgetGrants(tables: Tables, visitor: Visitor): Promise<number> {
  const { organizationId, userId } = visitor;
  const where = { userId, conversation: { organizationId, ...OF_VISITORS } };
  const some = await tables.grant.findMany({ where, ...SOME });
  await tables.grant.deleteMany({ where: { id: { in: idsOf(some) } } });
  return some.length;
}

function proven({ organizationId, userId }: Visitor): Prisma.SessionWhereInput {
  const proofs = [{ authenticatedAs: userId }, { otpChallenge: { subject: userId } }];
  return { conversation: { organizationId }, OR: proofs };
}

/** With their turns, and all that was said in them. */
async function deleteSessions(tables: Tables, visitor: Visitor): Promise<number> {
  const { organizationId, userId } = visitor;
  // One that is active again, or whose turn is still under way, has its own end to come first.
  const atRest = { status: { not: "active" }, turns: { none: { state: { in: LIVE_STATES } } } };
  const where = { userId, role: null, conversation: { organizationId }, ...atRest };
  const some = await tables.session.findMany({ where, ...SOME });
  const ofThem = { sessionId: { in: idsOf(some) } };
  await forgetShown(tables, idsOf(await tables.turn.findMany({ where: ofThem, ...ID })));
  await tables.grant.deleteMany({ where: ofThem });
  await tables.session.deleteMany({ where: { id: { in: idsOf(some) } } });
  return some.length;
}

/** What was shown in turns that go: nobody is named where a question expired. */
async function forgetShown(tables: Tables, turnIds: readonly string[]): Promise<void> {
  for (let from = 0; from < turnIds.length; from += ERASE_ROWS) {
    const some = { in: turnIds.slice(from, from + ERASE_ROWS) };
    await tables.decision.updateMany({ where: { turnId: some }, data: FORGOTTEN });
  }
}

async function forgetParticipants(tables: Tables, visitor: Visitor): Promise<number> {
  const { organizationId, userId } = visitor;
  const where = { externalId: userId, conversation: { organizationId, ...OF_VISITORS } };
  const some = await tables.participant.findMany({ where, ...SOME });
  // What they said of answers in conversations of nobody's.
  await tables.feedback.deleteMany({ where: { participantId: { in: idsOf(some) } } });
  const data = { externalId: null, email: null, name: UNNAMED };
  await tables.participant.updateMany({ where: { id: { in: idsOf(some) } }, data });
  return some.length;
}

function idsOf(rows: readonly { id: string }[]): string[] {
  return rows.map(({ id }) => id);
}

function olderThan({ createdAt, id }: { createdAt: Date; id: string }) {
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
}
