import { z } from "zod";

/** One conversation of a list. */
export const conversationSummary = z.object({
  conversationId: z.string(),
  title: z.string().meta({
    description: "What was given; else how its first message begins; else `New conversation`.",
  }),
  updatedAt: z.string().meta({ description: "RFC 3339; moves with messages, not with a title." }),
  messageCount: z.int().meta({ description: "The messages that its core history shows." }),
});
export type ConversationSummary = z.infer<typeof conversationSummary>;

/** `data` of `Conversations`, newest first. */
export const conversations = z.object({ conversations: z.array(conversationSummary) });
export type Conversations = z.infer<typeof conversations>;

/** `data` of `Conversation renamed`. */
export const conversationRenamed = z.object({ conversationId: z.string(), title: z.string() });
export type ConversationRenamed = z.infer<typeof conversationRenamed>;
