import { z } from "zod";
import { activeTurn, lastTurn } from "./active-turn.js";
import { grants } from "./grant.js";
import { handOff } from "./hand-off.js";

const ids = {
  sessionId: z.string(),
  conversationId: z.string(),
  agentId: z.string(),
  agentName: z.string(),
  userParticipantId: z.string(),
  agentParticipantId: z.string(),
};

/** Extension: what the client may show of the agent before the first message. */
export const agentCard = z.object({
  name: z.string(),
  greeting: z.string().optional(),
  starters: z.array(z.string()).optional(),
  features: z.array(z.string()).optional(),
});
export type AgentCard = z.infer<typeof agentCard>;

/**
 * `data` of `Session created`, `Session resumed` and `Visitor verified`. Extension: the token, its expiry (Unix
 * milliseconds), the agent's card, a hand-off that is under way, and on resume or continuation the turns.
 */
export const sessionDescriptor = z.object({
  ...ids,
  sessionToken: z.string(),
  expiresAt: z.int(),
  agent: agentCard,
  activeTurn: activeTurn.nullable().optional(),
  lastTurn: lastTurn.nullable().optional(),
  handOff: handOff.optional(),
  grants: grants
    .optional()
    .meta({ description: "What the visitor need not be asked again; absent when it is nothing." }),
});
export type SessionDescriptor = z.infer<typeof sessionDescriptor>;

/** `data` of `Session`. Extension: a hand-off that is under way. */
export const sessionView = z.object({
  ...ids,
  threadId: z.string(),
  status: z.enum(["active", "idle", "ended"]),
  handOff: handOff.optional(),
});
export type SessionView = z.infer<typeof sessionView>;
