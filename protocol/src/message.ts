import { z } from "zod";

/** A message of a conversation's history. `createdAt` is RFC 3339. */
export const message = z.object({
  id: z.string(),
  conversationId: z.string(),
  direction: z.enum(["inbound", "outbound"]),
  content: z.object({
    items: z.array(z.object({ type: z.literal("text"), text: z.string() })),
    text: z.string(),
  }),
  createdAt: z.string(),
});
export type Message = z.infer<typeof message>;
