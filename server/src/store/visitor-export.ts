import { OF_VISITORS } from "./conversation-kind.js";
import type { Database, Tables } from "./database.js";
import type { Prisma } from "./generated/sqlite/client.js";
import { VISITOR_SECTIONS, type VisitorPart, type VisitorSection } from "./visitor-store.js";

/** Everything about a verified visitor; see {@link VisitorStore.exportVisitor}. */
export async function* exportVisitor(
  database: Database,
  organizationId: string,
  userId: string,
): AsyncGenerator<VisitorPart, void> {
  const visitor = { organizationId, userId };
  for (const section of VISITOR_SECTIONS) {
    for await (const rows of sections[section](database, visitor)) yield { section, rows };
  }
}

interface Visitor {
  organizationId: string;
  userId: string;
}

type Row = { id: string } & Record<string, unknown>;
/** Rows by their ids, upwards. */
type After = { id: { gt: string } };
type Pages = AsyncGenerator<Row[], void>;

const PAGE = { orderBy: { id: "asc" }, take: 100 } as const;
/** Turns carry all their steps and calls. */
const TURN_PAGE = { ...PAGE, take: 20 } as const;

const sections: Record<VisitorSection, (database: Database, visitor: Visitor) => Pages> = {
  conversations: (database, visitor) =>
    pages(database, (tables, after) =>
      tables.conversation.findMany({
        where: { ...after, ...owned(visitor) },
        omit: { nextSeq: true, activeTurnId: true },
        include: { workflows: { omit: { conversationId: true } } },
        ...PAGE,
      }),
    ),

  participants: (database, visitor) =>
    pages(database, (tables, after) =>
      tables.participant.findMany({
        where: {
          ...after,
          conversation: { organizationId: visitor.organizationId, ...OF_VISITORS },
          OR: [{ conversation: owned(visitor) }, { externalId: visitor.userId }],
        },
        ...PAGE,
      }),
    ),

  sessions: (database, visitor) =>
    pages(database, async (tables, after) => {
      const where = { ...after, ...opened(visitor) };
      const rows = await tables.session.findMany({ where, ...PAGE });
      return rows.map(({ supports, metadata, clientTools, context, ...row }) => ({
        ...row,
        supports: parsed(supports),
        metadata: parsed(metadata),
        clientTools: parsed(clientTools),
        context: parsed(context),
      }));
    }),

  messages: (database, visitor) =>
    pages(database, (tables, after) =>
      tables.message.findMany({
        where: {
          ...after,
          OR: [{ conversation: owned(visitor) }, { turn: { session: opened(visitor) } }],
        },
        ...PAGE,
      }),
    ),

  feedback: (database, visitor) =>
    pages(database, (tables, after) => {
      const { organizationId, userId } = visitor;
      const conversation = { organizationId, ...OF_VISITORS };
      const own = [
        { conversation: owned(visitor) },
        { externalId: userId, conversation },
      ] satisfies Prisma.ParticipantWhereInput[];
      return tables.feedback.findMany({
        where: { ...after, participant: { OR: own } },
        omit: { organizationId: true },
        ...PAGE,
      });
    }),

  turns: (database, visitor) =>
    pages(database, async (tables, after) => {
      const rows = await tables.turn.findMany({
        where: {
          ...after,
          OR: [{ conversation: owned(visitor) }, { session: opened(visitor) }],
        },
        omit: { owner: true, attempts: true },
        include: TURN_PARTS,
        ...TURN_PAGE,
      });
      return rows.map(({ terminal, context, ...row }) => ({
        ...row,
        terminal: parsed(terminal),
        context: parsed(context),
      }));
    }),

  grants: (database, visitor) =>
    pages(database, (tables, after) =>
      tables.grant.findMany({
        where: {
          ...after,
          conversation: { organizationId: visitor.organizationId, ...OF_VISITORS },
          OR: [{ conversation: owned(visitor) }, { userId: visitor.userId }],
        },
        ...PAGE,
      }),
    ),

  decisions: (database, visitor) =>
    keptApart(database, visitor, (tables, where) => tables.decision.findMany({ where, ...PAGE })),

  usage: (database, visitor) =>
    keptApart(database, visitor, (tables, where) => tables.usageEntry.findMany({ where, ...PAGE })),
};

const TURN_PARTS = {
  steps: {
    orderBy: { index: "asc" },
    omit: { turnId: true },
    include: { toolCalls: { orderBy: { index: "asc" }, omit: { stepId: true } } },
  },
} as const satisfies Prisma.TurnInclude;

async function* pages(
  database: Database,
  read: (tables: Tables, after: After) => Promise<Row[]>,
): Pages {
  let last = "";
  for (;;) {
    const rows = await database.read((tables) => read(tables, { id: { gt: last } }));
    const end = rows.at(-1);
    if (!end) return;
    last = end.id;
    yield rows;
  }
}

/** Of a table that knows conversations by their ids alone: theirs, and what is of their conversations. */
async function* keptApart(
  database: Database,
  visitor: Visitor,
  read: (tables: Tables, where: KeptApart) => Promise<Row[]>,
): Pages {
  const { organizationId, userId } = visitor;
  const theirs = { organizationId, userId };
  yield* pages(database, (tables, after) => read(tables, { ...after, ...theirs }));
  const conversations = pages(database, (tables, after) =>
    tables.conversation.findMany({
      where: { ...after, ...owned(visitor) },
      select: { id: true },
      ...PAGE,
    }),
  );
  for await (const page of conversations) {
    const others = {
      organizationId,
      conversationId: { in: page.map(({ id }) => id) },
      OR: [{ userId: null }, { userId: { not: userId } }],
    };
    yield* pages(database, (tables, after) => read(tables, { ...after, ...others }));
  }
}

type KeptApart = After & {
  organizationId: string;
  userId?: string;
  conversationId?: { in: string[] };
  OR?: { userId: null | { not: string } }[];
};

function owned({ organizationId, userId }: Visitor) {
  return { organizationId, ownerId: userId, ...OF_VISITORS };
}

function opened(visitor: Visitor): Prisma.SessionWhereInput {
  const { organizationId, userId } = visitor;
  const own = [{ conversation: owned(visitor) }, { userId }];
  return { conversation: { organizationId }, role: null, OR: own };
}

function parsed(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}
