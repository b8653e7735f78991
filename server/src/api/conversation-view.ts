import { z } from "zod";
import type { HostConversation, HostConversationDetail } from "../store/store.js";
import { instant, nextCursor } from "./field.js";

const orNull = z.string().nullable();

/** A conversation as it stands. */
export const conversationView = z.object({
  conversationId: z.string(),
  agentId: z.string(),
  userId: orNull.meta({ description: "The verified visitor it belongs to; null while nobody's." }),
  title: orNull,
  titledBy: z.enum(["visitor", "host", "model"]).nullable(),
  turn: z.enum(["running", "parked"]).nullable().meta({ description: "The turn in progress." }),
  handOff: z
    .object({
      state: z.enum(["requested", "waiting", "active"]),
      reason: orNull,
      name: orNull.meta({ description: "The person who has taken over." }),
      at: instant.nullable(),
    })
    .nullable(),
  resolution: orNull.meta({ description: "What the agent said last of how the matter stands." }),
  needsEscalation: z.boolean(),
  messageCount: z.int(),
  createdAt: instant,
  updatedAt: instant.meta({ description: "When something last happened in it." }),
});
export type ConversationView = z.infer<typeof conversationView>;

export const conversationList = z.object({
  conversations: z.array(conversationView),
  nextCursor,
});

/** A conversation with everybody in it, where its workflow stands and what it used. */
export const conversationDetail = conversationView.extend({
  participants: z.array(
    z.object({
      participantId: z.string(),
      type: z.enum(["user", "ai-agent", "human-agent"]),
      name: z.string(),
      userId: orNull.meta({ description: "The verified user id of a user." }),
      email: orNull,
    }),
  ),
  workflow: z.object({ stepId: z.string(), holds: z.int() }).nullable(),
  usage: z.object({ promptTokens: z.int(), completionTokens: z.int(), costUsd: z.number() }),
});
export type ConversationDetail = z.infer<typeof conversationDetail>;

export function conversationViewOf(conversation: HostConversation): ConversationView {
  const { handOff, handOffReason, handOffName, handOffAt } = conversation;
  const state = oneOf(HAND_OFFS, handOff);
  return {
    conversationId: conversation.id,
    agentId: conversation.agentId,
    userId: conversation.ownerId,
    title: conversation.title,
    titledBy: oneOf(TITLED_BY, conversation.titledBy),
    turn: oneOf(TURNS, conversation.turnState),
    handOff: state && {
      state,
      reason: handOffReason,
      name: handOffName,
      at: handOffAt?.toISOString() ?? null,
    },
    resolution: conversation.resolution,
    needsEscalation: conversation.needsEscalation ?? false,
    messageCount: conversation.messageCount,
    createdAt: conversation.createdAt.toISOString(),
    updatedAt: conversation.updatedAt.toISOString(),
  };
}

export function conversationDetailOf(conversation: HostConversationDetail): ConversationDetail {
  const { participants, workflow, usage } = conversation;
  return {
    ...conversationViewOf(conversation),
    participants: participants.map(({ id, type, name, externalId, email }) => ({
      participantId: id,
      type: oneOf(PARTICIPANTS, type) ?? "ai-agent",
      name,
      userId: externalId,
      email,
    })),
    workflow,
    usage,
  };
}

const HAND_OFFS = ["requested", "waiting", "active"] as const;
const TITLED_BY = ["visitor", "host", "model"] as const;
const TURNS = ["running", "parked"] as const;
const PARTICIPANTS = ["user", "ai-agent", "human-agent"] as const;

function oneOf<Known extends string>(known: readonly Known[], value: string | null): Known | null {
  return known.find((one) => one === value) ?? null;
}
