import { confirmation } from "@smooth-agent/protocol";
import { z } from "zod";
import type { DecisionRecord } from "../../store/records.js";
import type { PendingApproval } from "../../store/store.js";
import { invalid } from "../api-error.js";
import { identifier, instant, nextCursor, pageCursor, pageLimit } from "../field.js";
import { CURATOR, route, type Reply, type Route } from "../route.js";
import { decideApproval } from "./team-decision.js";

const orNull = z.string().nullable();

const call = z.object({
  toolCallId: z.string(),
  toolName: z.string(),
  argumentsDigest: z.string().meta({ description: "SHA-256 of the arguments shown, hex." }),
  turnId: z.string(),
  conversationId: z.string(),
  agentId: z.string(),
});

const pending = call.extend({
  state: z.literal("pending"),
  requestId: z.string(),
  userId: orNull.meta({ description: "The verified visitor of the conversation." }),
  confirmation: confirmation.nullable().meta({ description: "What the visitor is shown." }),
  expiresAt: instant,
});

const decided = call.extend({
  state: z.literal("decided"),
  arguments: orNull.meta({ description: "JSON text of the arguments that were shown." }),
  editedArguments: orNull.meta({
    description: "JSON text of what they were changed to, if they were.",
  }),
  editedDigest: orNull.meta({ description: "SHA-256 of what they were changed to, hex." }),
  grantId: orNull.meta({
    description: "What the visitor had allowed before, when it was not asked.",
  }),
  approved: z.boolean(),
  decidedBy: z
    .string()
    .meta({ description: "`visitor`, `team`, `grant`, or `system` when the question expired." }),
  userId: orNull.meta({
    description: "Who decided: the verified visitor, or the principal of the team's.",
  }),
  sessionId: orNull,
  origin: orNull.meta({ description: "The page it was decided on." }),
  reason: orNull,
  decidedAt: instant,
  outcome: orNull.meta({ description: "The state the call ended in; null while it runs." }),
  outcomeAt: instant.nullable(),
});

const approvalList = z.object({
  approvals: z.array(z.discriminatedUnion("state", [pending, decided])),
  nextCursor,
});
type ApprovalList = z.infer<typeof approvalList>;

/** What visitors and the team were asked before a tool ran. */
export function approvalRoutes(): Route[] {
  return [
    route({
      name: "listApprovals",
      method: "get",
      path: "/approvals",
      summary: "Questions about tool calls: those that wait, or those that were decided.",
      description:
        "Pending ones come by when they expire, the first to expire first; decided ones newest first, " +
        "with who decided what, where, and what came of it.",
      roles: CURATOR,
      params: null,
      query: z.strictObject({
        state: z.enum(["pending", "decided"]).default("pending"),
        conversationId: identifier.optional(),
        limit: pageLimit,
        cursor: pageCursor,
      }),
      body: null,
      answer: approvalList,
      async handle({ query, organizationId, ports: { store } }): Promise<Reply<ApprovalList>> {
        const { state, ...rest } = query;
        const page = { ...rest, organizationId };
        const list =
          state === "pending"
            ? pendingList(await store.pendingApprovals(page))
            : decidedList(await store.decisions(page));
        if (!list) throw invalid("cursor must be the nextCursor of an earlier page.");
        return { body: list };
      },
    }),
    decideApproval,
  ];
}

function pendingList(
  page: { approvals: PendingApproval[]; nextCursor: string | null } | null,
): ApprovalList | null {
  return page && { approvals: page.approvals.map(pendingView), nextCursor: page.nextCursor };
}

function decidedList(
  page: { decisions: DecisionRecord[]; nextCursor: string | null } | null,
): ApprovalList | null {
  return page && { approvals: page.decisions.map(decidedView), nextCursor: page.nextCursor };
}

function pendingView({ ownerId, confirmation: shown, ...approval }: PendingApproval) {
  return {
    ...approval,
    state: "pending" as const,
    userId: ownerId,
    confirmation: shown === null ? null : (JSON.parse(shown) as z.infer<typeof confirmation>),
    expiresAt: approval.expiresAt.toISOString(),
  };
}

function decidedView({ id: _, organizationId: __, ...decision }: DecisionRecord) {
  return {
    ...decision,
    state: "decided" as const,
    decidedAt: decision.decidedAt.toISOString(),
    outcomeAt: decision.outcomeAt?.toISOString() ?? null,
  };
}
