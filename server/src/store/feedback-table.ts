import { randomUUID } from "node:crypto";
import type { Rating } from "@smooth-agent/protocol";
import type { Database, Tables } from "./database.js";
import type { FeedbackQuery, FeedbackStore, NewFeedback } from "./feedback-store.js";
import type { Prisma } from "./generated/sqlite/client.js";
import { placeAfter, placeOf } from "./page-place.js";
import type { FeedbackRecord, SaidFeedback } from "./records.js";

/** What visitors think of answers. */
export function feedbackTable(database: Database): FeedbackStore {
  return {
    giveFeedback: (input) => database.transact((tables) => give(tables, input)),

    feedback: ({ limit, cursor, ...query }) =>
      database.read(async (tables) => {
        const last = cursor === undefined ? undefined : placeAfter(cursor);
        if (last === null) return null;
        const rows = await tables.feedback.findMany({
          where: last ? { AND: [filterOf(query), olderThan(last)] } : filterOf(query),
          orderBy: [{ updatedAt: "desc" }, { id: "desc" }],
          take: limit + 1,
          include: INCLUDE,
        });
        const page = rows.slice(0, limit);
        const end = rows.length > limit ? page.at(-1) : undefined;
        const nextCursor = end ? placeOf(end.updatedAt, end.id) : null;
        return { feedback: page.map(feedbackRecord), nextCursor };
      }),
  };
}

/**
 * What was said of some messages, by their ids.
 *
 * @param participantId who said it; whoever did when absent
 */
export async function feedbackOn(
  tables: Tables,
  messageIds: string[],
  participantId: string | undefined,
): Promise<Map<string, SaidFeedback>> {
  if (messageIds.length === 0) return new Map();
  const rows = await tables.feedback.findMany({
    where: { messageId: { in: messageIds }, participantId },
    orderBy: [{ updatedAt: "asc" }, { id: "asc" }],
  });
  return new Map(
    rows.map(({ messageId, rating, comment }) => [
      messageId,
      { rating: ratingOf(rating), comment },
    ]),
  );
}

async function give(
  tables: Tables,
  { conversationId, messageId, participantId, rating, comment }: NewFeedback,
): Promise<{ isChanged: boolean } | null> {
  const message = await tables.message.findFirst({
    where: { id: messageId, conversationId, direction: "outbound" },
    select: { conversation: { select: { organizationId: true, agentId: true } } },
  });
  if (!message) return null;
  if (rating === null) {
    const { count } = await tables.feedback.deleteMany({ where: { messageId, participantId } });
    return { isChanged: count > 0 };
  }
  const where = { messageId_participantId: { messageId, participantId } };
  const known = await tables.feedback.findUnique({ where });
  if (known?.rating === rating && known.comment === comment) return { isChanged: false };
  const { organizationId, agentId } = message.conversation;
  const whose = { organizationId, agentId, conversationId, messageId, participantId };
  await tables.feedback.upsert({
    where,
    create: { id: randomUUID(), ...whose, rating, comment },
    update: { rating, comment },
  });
  return { isChanged: true };
}

const INCLUDE = {
  participant: { select: { externalId: true } },
} as const satisfies Prisma.FeedbackInclude;

function filterOf({
  organizationId,
  agentId,
  conversationId,
  rating,
  hasComment,
  since,
  until,
}: Omit<FeedbackQuery, "limit" | "cursor">): Prisma.FeedbackWhereInput {
  return {
    organizationId,
    agentId,
    conversationId,
    rating,
    updatedAt: { gte: since, lt: until },
    ...(hasComment !== undefined && { comment: hasComment ? { not: null } : null }),
  };
}

function olderThan({ at, id }: { at: Date; id: string }): Prisma.FeedbackWhereInput {
  return { OR: [{ updatedAt: { lt: at } }, { updatedAt: at, id: { lt: id } }] };
}

function feedbackRecord({
  participant,
  rating,
  ...row
}: Prisma.FeedbackGetPayload<{ include: typeof INCLUDE }>): FeedbackRecord {
  return { ...row, rating: ratingOf(rating), userId: participant.externalId };
}

function ratingOf(value: string): Rating {
  return value === "up" ? "up" : "down";
}
