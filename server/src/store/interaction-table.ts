import { change, unlessLost } from "./conditional-change.js";
import type { Database, Tables } from "./database.js";
import type { Identity, InteractionAnswer, InteractionStore } from "./interaction-store.js";
import { holdActive } from "./session-end-table.js";
import type { DecidedTurn } from "./tool-call-store.js";
import { UNNAMED } from "./session-store.js";
import { parkedTurn, unpark } from "./turn-parking.js";

/** The forms that wait for an answer: awaiting → approved (answered) | denied (declined). */
export function interactionTable(database: Database): InteractionStore {
  return {
    answerInteraction: (answer) =>
      unlessLost(database.transact((tables) => answerInteraction(tables, answer))),

    keepIdentity: (sessionId, identity) =>
      database.transact((tables) => keepIdentity(tables, sessionId, identity)),
  };
}

async function answerInteraction(
  tables: Tables,
  { conversationId, toolCallId: id, sessionId, ...given }: InteractionAnswer,
): Promise<DecidedTurn | null> {
  const { answer, declined, identity, now, owner } = given;
  if (!(await holdActive(tables, sessionId))) return null;
  const turn = await parkedTurn(tables, id, { conversationId });
  if (!turn) return null;
  await unpark(tables, turn.id, owner);
  await change(
    tables.toolCall.updateMany({
      where: { id, state: "awaiting", interaction: { not: null }, expiresAt: { gt: now } },
      data: {
        state: declined ? "denied" : "approved",
        approved: !declined,
        decidedBy: "visitor",
        decidedAt: now,
        answer,
      },
    }),
    "The tool call",
  );
  if (identity) await keepIdentity(tables, sessionId, identity);
  return { turnId: turn.id, requestId: turn.requestId };
}

async function keepIdentity(
  tables: Tables,
  sessionId: string,
  { name, email, phone }: Identity,
): Promise<void> {
  const session = await tables.session.findUnique({ where: { id: sessionId } });
  if (!session) return;
  const { userParticipantId: id } = session;
  // Nobody vouches for a phone: what was said last counts.
  await tables.participant.updateMany({ where: { id }, data: { phone } });
  await tables.participant.updateMany({ where: { id, externalId: null }, data: { name, email } });
  const isVerified = { id, externalId: { not: null } };
  await tables.participant.updateMany({ where: { ...isVerified, name: UNNAMED }, data: { name } });
  await tables.participant.updateMany({ where: { ...isVerified, email: null }, data: { email } });
}
