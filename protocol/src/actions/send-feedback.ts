import { z } from "zod";
import { rating } from "../feedback.js";
import { comment, identifier } from "../field.js";

/** Extension: the visitor says whether an answer helped; the last word counts. */
export const sendFeedbackAction = z.object({
  action: z.literal("send_feedback"),
  requestId: identifier.optional(),
  sessionId: identifier,
  messageId: identifier.meta({ description: "An outbound message of the conversation." }),
  rating: z
    .union([rating, z.null()], {
      error: ({ input }) => (input === undefined ? "is required" : 'must be "up", "down" or null'),
    })
    .meta({ description: "null takes the feedback back, and its comment with it." }),
  comment: comment.optional().meta({ description: "Why, in the visitor's words." }),
});
