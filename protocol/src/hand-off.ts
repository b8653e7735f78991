import { z } from "zod";

/** How far a hand-off to a person has come; `active` while a person has taken over from the agent. */
export const HAND_OFF_STATES = ["requested", "waiting", "active"] as const;
export type HandOffState = (typeof HAND_OFF_STATES)[number];

const name = z
  .string()
  .optional()
  .meta({ description: "Who has taken over; there while the state is `active`." });

/** Extension: a hand-off that is under way, in answers about a session; absent when none is. */
export const handOff = z.object({ state: z.enum(HAND_OFF_STATES), name });
export type HandOff = z.infer<typeof handOff>;

/** What a hand-off came to: null when the conversation is the agent's again. */
export const handOffChange = z.object({ state: z.enum(HAND_OFF_STATES).nullable(), name });
export type HandOffChange = z.infer<typeof handOffChange>;
