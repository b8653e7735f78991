import { z } from "zod";

export const rating = z.enum(["up", "down"]);
export type Rating = z.infer<typeof rating>;

/** What a visitor thinks of an answer. */
export const feedback = z.object({ rating, comment: z.string().optional() });
export type Feedback = z.infer<typeof feedback>;

/** `data` of `Feedback received`: what is kept now; `rating` is null when nothing is. */
export const feedbackReceived = z.object({
  sessionId: z.string(),
  messageId: z.string(),
  rating: rating.nullable(),
  comment: z.string().optional(),
});
export type FeedbackReceived = z.infer<typeof feedbackReceived>;
