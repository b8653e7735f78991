import { z } from "zod";
import { toolItem } from "./active-turn.js";
import { citation } from "./citation.js";
import { feedback } from "./feedback.js";

/** A tool call of an answer that has ended. */
export const pastToolCall = toolItem.omit({ type: true }).extend({
  textOffset: z.int().meta({
    description: "How much of the answer's text came before the call, in UTF-16 code units.",
  }),
});
export type PastToolCall = z.infer<typeof pastToolCall>;

/** Who said a message: the visitor, the agent, or a person of the host's. */
export const sender = z.object({
  type: z.enum(["user", "ai-agent", "human-agent"]),
  name: z.string().optional(),
});
export type Sender = z.infer<typeof sender>;

/**
 * A message of a conversation's history. `createdAt` is RFC 3339. Everything after it is an extension,
 * there when the history was asked for with `include: ["turns"]`.
 */
export const message = z.object({
  id: z.string(),
  conversationId: z.string(),
  direction: z.enum(["inbound", "outbound"]),
  content: z.object({
    items: z.array(z.object({ type: z.literal("text"), text: z.string() })),
    text: z.string(),
  }),
  createdAt: z.string(),
  requestId: z
    .string()
    .optional()
    .meta({ description: "The turn's; absent when no turn belongs to it." }),
  status: z.enum(["completed", "cancelled", "failed"]).optional(),
  citations: z.array(citation).max(8).optional(),
  toolCalls: z.array(pastToolCall).optional(),
  from: sender.optional(),
  feedback: feedback
    .optional()
    .meta({ description: "What this visitor thinks of an outbound message." }),
});
export type Message = z.infer<typeof message>;
