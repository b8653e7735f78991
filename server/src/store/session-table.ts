import { randomUUID } from "node:crypto";
import { claimConversation } from "./conversation-claim.js";
import { kindOf } from "./conversation-kind.js";
import type { Database, Tables } from "./database.js";
import type { SessionRecord } from "./records.js";
import type { NewSession, SessionStore } from "./session-store.js";

/** The sessions, and the conversations and participants they open. */
export function sessionTable(database: Database): SessionStore {
  return {
    createSession: (input) =>
      database.transact(async (tables) => {
        const admission =
          (await ownConversation(tables, input)) ?? (await newConversation(tables, input));
        const id = randomUUID();
        await tables.session.create({
          data: {
            id,
            conversationId: admission.conversationId,
            userParticipantId: admission.userParticipantId,
            agentParticipantId: admission.agentParticipantId,
            userId: input.userId,
            role: input.role,
            supports: JSON.stringify(input.supports ?? admission.supports),
            metadata: input.metadata && JSON.stringify(input.metadata),
            clientTools: input.clientTools,
            context: input.context,
            locale: input.locale,
          },
        });
        return sessionRecord(tables, id);
      }),

    session: (sessionId) =>
      database.run(async (tables) => {
        const row = await tables.session.findUnique({ where: { id: sessionId }, include: INCLUDE });
        return row && toRecord(row);
      }),

    resumeSession: (sessionId, { supports, clientTools, context, locale } = {}) =>
      database.run(async (tables) => {
        const declared = { supports: supports && JSON.stringify(supports), clientTools };
        const { count } = await tables.session.updateMany({
          where: { id: sessionId, status: "active" },
          data: { lastSeenAt: new Date(), ...declared, context, locale },
        });
        return count === 1;
      }),

    claimSession: (claim) =>
      database.transact(async (tables) =>
        (await claimConversation(tables, claim)) ? sessionRecord(tables, claim.sessionId) : null,
      ),

    useAuthContext: ({ id, origin, expiresAt, maxUses }) =>
      database.transact(async (tables) => {
        await tables.authContextNonce.deleteMany({ where: { expiresAt: { lt: new Date() } } });
        // Of two first uses at once one makes the row and the other waits for it.
        await tables.authContextNonce.upsert({
          where: { id },
          create: { id, origin, uses: 0, expiresAt },
          update: { id },
        });
        const used = await tables.authContextNonce.updateMany({
          where: { id, origin, uses: { lt: maxUses } },
          data: { uses: { increment: 1 } },
        });
        return used.count === 1;
      }),
  };
}

interface Admission {
  conversationId: string;
  userParticipantId: string;
  agentParticipantId: string;
  /** What the session declared that was opened or taken up last. */
  supports: string[];
}

async function ownConversation(tables: Tables, input: NewSession): Promise<Admission | null> {
  if (input.conversationId === undefined || input.userId === null) return null;
  const conversation = await tables.conversation.findFirst({
    where: {
      id: input.conversationId,
      ownerId: input.userId,
      agentId: input.agentId,
      organizationId: input.organizationId,
      ...kindOf(input.role !== null),
    },
    include: { sessions: { orderBy: [{ lastSeenAt: "desc" }, { createdAt: "desc" }], take: 1 } },
  });
  const [last] = conversation?.sessions ?? [];
  if (!conversation || !last) return null;
  return {
    conversationId: conversation.id,
    userParticipantId: last.userParticipantId,
    agentParticipantId: last.agentParticipantId,
    supports: supportsOf(last.supports),
  };
}

async function newConversation(tables: Tables, input: NewSession): Promise<Admission> {
  const conversationId = randomUUID();
  const userParticipantId = randomUUID();
  const agentParticipantId = randomUUID();
  await requireOrganization(tables, input.organizationId);
  await tables.conversation.create({
    data: {
      id: conversationId,
      organizationId: input.organizationId,
      agentId: input.agentId,
      ownerId: input.userId,
    },
  });
  const user = { name: input.userName, email: input.userEmail, externalId: input.userId };
  await tables.participant.createMany({
    data: [
      { id: userParticipantId, conversationId, type: "user", ...user },
      { id: agentParticipantId, conversationId, type: "ai-agent", name: input.agentName },
    ],
  });
  return { conversationId, userParticipantId, agentParticipantId, supports: [] };
}

// An upsert locks its row, and would keep all new sessions of an organization waiting for each other:
// it is for the first ones alone. With an empty `update` it would be no single statement.
async function requireOrganization(tables: Tables, id: string): Promise<void> {
  if (await tables.organization.findUnique({ where: { id } })) return;
  await tables.organization.upsert({ where: { id }, create: { id }, update: { id } });
}

const INCLUDE = { conversation: true, agentParticipant: true, userParticipant: true } as const;

async function sessionRecord(tables: Tables, id: string): Promise<SessionRecord> {
  return toRecord(await tables.session.findUniqueOrThrow({ where: { id }, include: INCLUDE }));
}

function toRecord(row: {
  id: string;
  conversationId: string;
  userParticipantId: string;
  agentParticipantId: string;
  userId: string | null;
  role: string | null;
  status: string;
  supports: string;
  clientTools: string | null;
  locale: string | null;
  authenticatedAs: string | null;
  authenticatedUntil: Date | null;
  conversation: { organizationId: string; agentId: string };
  agentParticipant: { name: string };
  userParticipant: { name: string; email: string | null; phone: string | null };
}): SessionRecord {
  return {
    id: row.id,
    conversationId: row.conversationId,
    organizationId: row.conversation.organizationId,
    agentId: row.conversation.agentId,
    agentName: row.agentParticipant.name,
    userParticipantId: row.userParticipantId,
    agentParticipantId: row.agentParticipantId,
    userId: row.userId,
    userName: row.userParticipant.name,
    userEmail: row.userParticipant.email,
    userPhone: row.userParticipant.phone,
    role: row.role,
    status: row.status === "active" ? "active" : "ended",
    supports: supportsOf(row.supports),
    clientTools: row.clientTools,
    locale: row.locale,
    authenticatedAs: row.authenticatedAs,
    authenticatedUntil: row.authenticatedUntil,
  };
}

function supportsOf(json: string): string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}
