import type { Prisma } from "./generated/sqlite/client.js";
import type { Database, Tables } from "./database.js";
import { feedbackOn } from "./feedback-table.js";
import type {
  MessageRecord,
  PastEntry,
  PastMessage,
  SaidFeedback,
  TurnWithSteps,
} from "./records.js";
import type { AddedMessage, MessageStore, NewMessage } from "./message-store.js";
import { insertMessage, messageId } from "./person-message.js";
import { ConflictError } from "./storage-error.js";
import { LIVE_STATES } from "./turn-ending.js";
import { endedState, TURN_INCLUDE, turnWithSteps } from "./turn-row.js";

/** The messages of a conversation, ordered by their seq. */
export function messageTable(database: Database): MessageStore {
  return {
    messages: ({ conversationId, limit, cursor, all, participantId }) =>
      database.read(async (tables) => {
        const wanted = all ? { conversationId } : { conversationId, ...SAID };
        let before: number | undefined;
        if (cursor !== undefined) {
          const last = await tables.message.findFirst({ where: { id: cursor, conversationId } });
          if (!last) return null;
          before = last.seq;
        }
        const rows = await tables.message.findMany({
          where: { ...wanted, seq: { lt: before } },
          orderBy: { seq: "desc" },
          take: limit + 1,
          include: { participant: true },
        });
        const page = rows.slice(0, limit);
        const nextCursor = rows.length > limit ? (page.at(-1)?.id ?? null) : null;
        const turns = await turnsOf(tables, all ? page : []);
        const rated = all ? page.map(({ id }) => id) : [];
        const feedback = await feedbackOn(tables, rated, participantId);
        const messages = page.map((row) => pastMessage(row, turns, feedback.get(row.id)));
        return { messages, nextCursor };
      }),

    addMessage: (input) => addMessage(database, input),

    past: (conversationId, limit, after = 0) =>
      database.read((tables) => past(tables, conversationId, limit, after)),
  };
}

async function addMessage(database: Database, input: NewMessage): Promise<AddedMessage | null> {
  const id = messageId(input);
  let outcome: "added" | "duplicate" = "added";
  try {
    const isKnown = await database.transact((tables) => insertMessage(tables, id, input));
    if (!isKnown) return null;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    outcome = "duplicate";
  }
  const message = await database.run(async (tables) => {
    const include = { participant: true };
    return pastMessage(
      await tables.message.findUniqueOrThrow({ where: { id }, include }),
      NO_TURNS,
    );
  });
  return message.text === input.text ? { outcome, message } : { outcome: "mismatch" };
}

async function past(
  tables: Tables,
  conversationId: string,
  limit: number,
  after: number,
): Promise<PastEntry[]> {
  const newest = { orderBy: { seq: "desc" }, take: limit } as const;
  const turns = await tables.turn.findMany({
    ...newest,
    where: { conversationId, state: { notIn: LIVE_STATES }, seq: { gt: after } },
    include: TURN_INCLUDE,
  });
  // Of a conversation with many turns, only the messages among those are looked for.
  const since = turns.length < limit ? after : Math.max(after, turns.at(-1)?.seq ?? 0);
  const messages = await tables.message.findMany({
    ...newest,
    where: { conversationId, turnId: null, direction: "outbound", seq: { gt: since } },
    include: { participant: true },
  });
  const answers = await tables.message.findMany({
    where: { turnId: { in: turns.map(({ id }) => id) }, direction: "outbound" },
    select: { turnId: true, seq: true },
  });
  const until = new Map(answers.map(({ turnId, seq }) => [turnId, seq]));
  const entries: PastEntry[] = [
    ...turns.map((row) => {
      const { id, seq } = row;
      return { type: "turn" as const, seq, until: until.get(id) ?? seq, turn: turnWithSteps(row) };
    }),
    ...messages.map(({ seq, text, participant: { name } }) => {
      return { type: "message" as const, seq, name, text };
    }),
  ];
  return entries.sort((one, other) => other.seq - one.seq).slice(0, limit);
}

const NO_TURNS: ReadonlyMap<string, TurnWithSteps> = new Map();

/** What core history shows: every message of a visitor, and whole answers that said something. */
export const SAID = { status: "completed", text: { not: "" } } as const;

type MessageRow = Prisma.MessageGetPayload<{ include: { participant: true } }>;

export function messageRecord(row: Omit<MessageRow, "participant">): MessageRecord {
  return {
    id: row.id,
    conversationId: row.conversationId,
    direction: row.direction === "inbound" ? "inbound" : "outbound",
    text: row.text,
    createdAt: row.createdAt,
  };
}

async function turnsOf(
  tables: Tables,
  messages: readonly MessageRow[],
): Promise<Map<string, TurnWithSteps>> {
  const ids = messages.flatMap(({ turnId }) => turnId ?? []);
  if (ids.length === 0) return new Map();
  const rows = await tables.turn.findMany({
    where: { id: { in: [...new Set(ids)] } },
    include: TURN_INCLUDE,
  });
  return new Map(rows.map((row) => [row.id, turnWithSteps(row)]));
}

function pastMessage(
  row: MessageRow,
  turns: ReadonlyMap<string, TurnWithSteps>,
  feedback: SaidFeedback | null = null,
): PastMessage {
  return {
    ...messageRecord(row),
    status: endedState(row.status),
    from: { type: row.participant.type, name: row.participant.name },
    turn: turns.get(row.turnId ?? "") ?? null,
    feedback,
  };
}
