import type { Database, Tables } from "./database.js";
import { ERASE_ROWS, type ConversationSelection, type VisitorStore } from "./visitor-store.js";

/** Deletes a conversation; see {@link VisitorStore.deleteConversation}. */
export async function eraseConversation(
  database: Database,
  which: ConversationSelection,
): ReturnType<VisitorStore["deleteConversation"]> {
  for (;;) {
    const done = await database.transact((tables) => eraseStep(tables, which));
    if (done !== "more") return done;
  }
}

/** One bounded transaction: the oldest turns while there are many, then all that is left. */
async function eraseStep(
  tables: Tables,
  which: ConversationSelection,
): Promise<"more" | "deleted" | "busy" | "unknown"> {
  const held = await holdAtRest(tables, which);
  if (held !== "held") return held;
  const { conversationId } = which;
  const turns = await tables.turn.findMany({
    where: { conversationId },
    orderBy: { seq: "asc" },
    take: ERASE_ROWS,
    select: { id: true },
  });
  await tables.turn.deleteMany({ where: { id: { in: turns.map(({ id }) => id) } } });
  // What no turn belongs to: what a host said, say.
  const messages = await tables.message.findMany({
    where: { conversationId, turnId: null },
    take: ERASE_ROWS,
    select: { id: true },
  });
  await tables.message.deleteMany({ where: { id: { in: messages.map(({ id }) => id) } } });
  if (turns.length === ERASE_ROWS || messages.length === ERASE_ROWS) return "more";
  await forgetWho(tables, { conversationId });
  // A message holds its participant, and so does a session: they go first.
  await tables.message.deleteMany({ where: { conversationId } });
  await tables.session.deleteMany({ where: { conversationId } });
  await tables.participant.deleteMany({ where: { conversationId } });
  await tables.conversation.delete({ where: { id: conversationId } });
  return "deleted";
}

/** Of whom a decision was, and what they said and were shown. */
export const FORGOTTEN = {
  userId: null,
  sessionId: null,
  origin: null,
  reason: null,
  arguments: null,
  editedArguments: null,
} as const;

/** Takes the identity out of what outlives a conversation, its decisions and its usage. */
export async function forgetWho(
  tables: Tables,
  where: { conversationId: string } | { id: { in: string[] } },
): Promise<void> {
  await tables.decision.updateMany({ where, data: FORGOTTEN });
  await tables.usageEntry.updateMany({ where, data: { userId: null } });
  // Nobody will tell any more what became of a call that runs at this moment.
  await tables.decision.updateMany({
    where: { ...where, outcome: null },
    data: { outcome: "unknown", outcomeAt: new Date() },
  });
}

/** Holds the row of a conversation with nothing under way until the transaction ends. */
async function holdAtRest(
  tables: Tables,
  { conversationId, organizationId, idleSince }: ConversationSelection,
): Promise<"held" | "busy" | "unknown"> {
  const found = await tables.conversation.findFirst({
    where: { id: conversationId, organizationId },
    select: { updatedAt: true },
  });
  if (!found) return "unknown";
  const { updatedAt } = found;
  if (idleSince && updatedAt >= idleSince) return "busy";
  // As it was, so that the next step finds it as idle as this one did.
  const { count } = await tables.conversation.updateMany({
    where: { id: conversationId, activeTurnId: null, updatedAt },
    data: { updatedAt },
  });
  return count === 1 ? "held" : "busy";
}
