import { z } from "zod";
import { VISITOR_SECTIONS, type VisitorSection } from "../../store/store.js";
import { visitorDocument } from "../../store/visitor-document.js";
import { eraseConversation, eraseIdle, eraseVisitor } from "../../turn/conversation-erasure.js";
import { ConflictError } from "../../store/storage-error.js";
import { ApiError, notFound } from "../api-error.js";
import { identifier, instant } from "../field.js";
import { JsonPieces } from "../json-pieces.js";
import { ADMIN, route, type Reply, type Route } from "../route.js";
import { requireVisitor } from "./sessions.js";

const visitorParams = z.strictObject({ userId: identifier });

/** What is kept about visitors: its export and its deletion. */
export function visitorRoutes(): Route[] {
  return [exportVisitor, deleteVisitor, deleteConversation, sweepRetention];
}

const rows = z.array(z.looseObject({ id: z.string() }));

const visitorExport = z.object({
  organizationId: z.string(),
  userId: z.string(),
  exportedAt: instant,
  ...(Object.fromEntries(VISITOR_SECTIONS.map((section) => [section, rows])) as Record<
    VisitorSection,
    typeof rows
  >),
});

const exportVisitor = route({
  name: "exportVisitor",
  method: "get",
  path: "/visitors/{userId}/export",
  summary: "Everything about a verified visitor, as one document.",
  description:
    "Sent while it is read: an answer that breaks off is not whole. Nothing in it opens a session.",
  roles: ADMIN,
  params: visitorParams,
  query: null,
  body: null,
  answer: visitorExport,
  async handle({ params, organizationId, ports }): Promise<Reply<z.infer<typeof visitorExport>>> {
    const { userId } = params;
    await requireVisitor(ports, organizationId, userId);
    return { body: new JsonPieces(visitorDocument(ports.store, organizationId, userId)) };
  },
});

const deletedCount = z.object({ conversations: z.int() });

const deleteVisitor = route({
  name: "deleteVisitor",
  method: "delete",
  path: "/visitors/{userId}",
  summary:
    "Deletes a verified visitor: their conversations, their sessions, their name on the rest.",
  description:
    "Their pages are sent away and what runs is cancelled first. What outlives it, decisions and " +
    "usage, no longer says who it was. Repeat it when it broke off: it goes on.",
  roles: ADMIN,
  params: visitorParams,
  query: null,
  body: null,
  answer: deletedCount,
  errors: ["CONFLICT"],
  async handle({ params, organizationId, ports }): Promise<Reply<z.infer<typeof deletedCount>>> {
    const { userId } = params;
    await requireVisitor(ports, organizationId, userId);
    return { body: await orInUse(eraseVisitor(organizationId, userId, ports)) };
  },
});

const deleteConversation = route({
  name: "deleteConversation",
  method: "delete",
  path: "/conversations/{conversationId}",
  summary: "Deletes a conversation with everything under it, an anonymous visitor's too.",
  roles: ADMIN,
  params: z.strictObject({ conversationId: identifier }),
  query: null,
  body: null,
  answer: null,
  errors: ["CONFLICT"],
  async handle({ params, organizationId, ports }) {
    const { conversationId } = params;
    const isGone = await orInUse(eraseConversation(organizationId, conversationId, ports));
    if (!isGone) throw notFound();
    return { body: undefined };
  },
});

const sweepRetention = route({
  name: "sweepRetention",
  method: "post",
  path: "/retention/sweep",
  summary: "Deletes now what is older than `retentionDays`, as every hour does.",
  roles: ADMIN,
  params: null,
  query: null,
  body: null,
  answer: deletedCount,
  errors: ["CONFLICT"],
  async handle({ organizationId, ports }): Promise<Reply<z.infer<typeof deletedCount>>> {
    const { retentionDays } = ports;
    if (retentionDays === undefined) {
      throw new ApiError("CONFLICT", "Set retentionDays in the configuration first.");
    }
    const before = new Date(ports.now() - retentionDays * DAY_MS);
    return { body: { conversations: await eraseIdle(before, ports, organizationId) } };
  },
});

const DAY_MS = 24 * 3_600_000;

async function orInUse<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    throw new ApiError("CONFLICT", "It is in use. Please try again.");
  }
}
