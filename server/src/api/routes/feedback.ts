import { rating } from "@smooth-agent/protocol";
import { z } from "zod";
import type { FeedbackRecord } from "../../store/records.js";
import { invalid } from "../api-error.js";
import {
  identifier,
  instant,
  nextCursor,
  pageCursor,
  pageLimit,
  queryFlag,
  queryInstant,
} from "../field.js";
import { CURATOR, route, type Reply, type Route } from "../route.js";

const orNull = z.string().nullable();

const feedbackList = z.object({
  feedback: z.array(
    z.object({
      conversationId: z.string(),
      messageId: z.string(),
      agentId: z.string(),
      rating,
      comment: orNull.meta({ description: "The visitor's own words." }),
      userId: orNull.meta({ description: "The verified visitor who said it." }),
      createdAt: instant,
      updatedAt: instant.meta({ description: "When it was said or changed last." }),
    }),
  ),
  nextCursor,
});
type FeedbackList = z.infer<typeof feedbackList>;

/** What visitors think of answers. */
export function feedbackRoutes(): Route[] {
  return [listFeedback];
}

const listFeedback = route({
  name: "listFeedback",
  method: "get",
  path: "/feedback",
  summary: "What visitors think of answers, what was said or changed last first.",
  description:
    "One entry per visitor and message, the last word of each. What was said in a conversation is read " +
    "with its messages, which have the feedback on them too.",
  roles: CURATOR,
  params: null,
  query: z.strictObject({
    agentId: identifier.optional(),
    conversationId: identifier.optional(),
    rating: rating.optional(),
    hasComment: queryFlag
      .optional()
      .meta({ description: "Only those with a comment, or without." }),
    since: queryInstant
      .optional()
      .meta({ description: "Said or changed at this instant or later." }),
    until: queryInstant.optional().meta({ description: "Said and changed before this instant." }),
    limit: pageLimit,
    cursor: pageCursor,
  }),
  body: null,
  answer: feedbackList,
  async handle({ query, organizationId, ports: { store } }): Promise<Reply<FeedbackList>> {
    const page = await store.feedback({ ...query, organizationId });
    if (!page) throw invalid("cursor must be the nextCursor of an earlier page.");
    return { body: { feedback: page.feedback.map(viewOf), nextCursor: page.nextCursor } };
  },
});

function viewOf({ createdAt, updatedAt, ...said }: FeedbackRecord) {
  const { conversationId, messageId, agentId, rating, comment, userId } = said;
  return {
    ...{ conversationId, messageId, agentId, rating, comment, userId },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
