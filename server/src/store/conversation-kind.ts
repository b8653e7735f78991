import type { Prisma } from "./generated/sqlite/client.js";

/** Conversations of visitors: an id that a principal has too is somebody else's. */
export const OF_VISITORS = {
  sessions: { none: { role: { not: null } } },
} satisfies Prisma.ConversationWhereInput;

const OF_PRINCIPALS = {
  sessions: { some: { role: { not: null } } },
} satisfies Prisma.ConversationWhereInput;

/** Conversations of principals, or those of visitors. */
export function kindOf(isPrincipal: boolean): Prisma.ConversationWhereInput {
  return isPrincipal ? OF_PRINCIPALS : OF_VISITORS;
}
