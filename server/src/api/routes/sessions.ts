import { z } from "zod";
import { endSessions } from "../../turn/session-ending.js";
import { invalid, notFound } from "../api-error.js";
import { identifier, instant, nextCursor, pageCursor, pageLimit } from "../field.js";
import type { ApiPorts } from "../ports.js";
import { ADMIN, CURATOR, route, type Reply, type Route } from "../route.js";

/** What the client of a session that a host ends is told. */
const REVOKED = "revoked";

const visitorParams = z.strictObject({ userId: identifier });

/** The sessions of visitors, and their end. */
export function sessionRoutes(): Route[] {
  return [listVisitorSessions, revokeVisitor, endSession, endAllSessions];
}

/** @throws {ApiError} NOT_FOUND when the organization keeps nothing about them */
export async function requireVisitor(
  { store }: Pick<ApiPorts, "store">,
  organizationId: string,
  userId: string,
): Promise<void> {
  if (!(await store.hasVisitor(organizationId, userId))) throw notFound();
}

const sessionView = z.object({
  id: z.string(),
  conversationId: z.string(),
  agentId: z.string(),
  status: z.string().meta({ description: "active or ended" }),
  endedReason: z.string().nullable(),
  createdAt: instant,
  lastSeenAt: instant,
});

const sessionList = z.object({ sessions: z.array(sessionView), nextCursor });
const endedCount = z.object({ ended: z.int().meta({ description: "How many were active." }) });

const listVisitorSessions = route({
  name: "listVisitorSessions",
  method: "get",
  path: "/visitors/{userId}/sessions",
  summary: "What a verified visitor opened, newest first.",
  roles: CURATOR,
  params: visitorParams,
  query: z.strictObject({ limit: pageLimit, cursor: pageCursor }),
  body: null,
  answer: sessionList,
  async handle(call): Promise<Reply<z.infer<typeof sessionList>>> {
    const { params, query, organizationId, ports } = call;
    const { userId } = params;
    await requireVisitor(ports, organizationId, userId);
    const page = await ports.store.visitorSessions({ ...query, organizationId, userId });
    if (!page) throw invalid("cursor must be the nextCursor of an earlier page.");
    const sessions = page.sessions.map(({ createdAt, lastSeenAt, ...session }) => ({
      ...session,
      createdAt: createdAt.toISOString(),
      lastSeenAt: lastSeenAt.toISOString(),
    }));
    return { body: { sessions, nextCursor: page.nextCursor } };
  },
});

const revokeVisitor = route({
  name: "revokeVisitor",
  method: "delete",
  path: "/visitors/{userId}/sessions",
  summary: "Ends every session of a verified visitor at once, on every device.",
  description:
    "Their pages are sent away with 4401, and what runs in their name is cancelled. Whoever your " +
    "backend vouches for afterwards may begin anew.",
  roles: ADMIN,
  params: visitorParams,
  query: null,
  body: null,
  answer: endedCount,
  async handle({ params, organizationId, ports }): Promise<Reply<z.infer<typeof endedCount>>> {
    const { userId } = params;
    await requireVisitor(ports, organizationId, userId);
    const ended = await endSessions({ kind: "visitor", organizationId, userId }, REVOKED, ports);
    return { body: { ended: ended.length } };
  },
});

const endSession = route({
  name: "endSession",
  method: "delete",
  path: "/sessions/{sessionId}",
  summary: "Ends one session for good; one that had ended stays so.",
  roles: ADMIN,
  params: z.strictObject({ sessionId: identifier }),
  query: null,
  body: null,
  answer: null,
  async handle({ params, organizationId, ports }) {
    const { sessionId } = params;
    const session = await ports.store.session(sessionId);
    if (session?.organizationId !== organizationId) throw notFound();
    await endSessions({ kind: "session", organizationId, sessionId }, REVOKED, ports);
    return { body: undefined };
  },
});

const endAllSessions = route({
  name: "endAllSessions",
  method: "delete",
  path: "/sessions",
  summary: "Ends every session of the organization at once.",
  roles: ADMIN,
  params: null,
  query: null,
  body: null,
  answer: endedCount,
  async handle({ organizationId, ports }): Promise<Reply<z.infer<typeof endedCount>>> {
    const ended = await endSessions({ kind: "organization", organizationId }, REVOKED, ports);
    return { body: { ended: ended.length } };
  },
});
